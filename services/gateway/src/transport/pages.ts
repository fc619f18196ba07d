import type { CursorSigner } from './cursor.ts';
import { edgeError, edgeOk, type EdgeResult } from './edge-error.ts';

interface Page {
  readonly page: {
    readonly nextCursor: string | null;
    readonly prevCursor: string | null;
    readonly hasMore: boolean;
  };
}

/** Asks for a page: opens the cursor that came in, and signs those that go out. */
export async function askPage<Answer extends Page, Query extends { readonly cursor?: string | undefined }>(
  cursors: CursorSigner,
  query: Query,
  ask: (query: Query) => Promise<EdgeResult<Answer>>,
): Promise<EdgeResult<Answer>> {
  const cursor = query.cursor === undefined ? undefined : cursors.open(query.cursor);
  if (query.cursor !== undefined && cursor === undefined) {
    const details = { fields: [{ field: 'cursor', message: 'must be one from an earlier answer' }] };
    return edgeError('VALIDATION_FAILED', 'The request is not as it should be.', { details });
  }
  const result = await ask({ ...query, ...(cursor === undefined ? {} : { cursor }) });
  if (!result.ok) return result;
  const { nextCursor, prevCursor, hasMore } = result.data.page;
  const page = {
    nextCursor: nextCursor === null ? null : cursors.sign(nextCursor),
    prevCursor: prevCursor === null ? null : cursors.sign(prevCursor),
    hasMore,
  };
  return edgeOk({ ...result.data, page });
}
