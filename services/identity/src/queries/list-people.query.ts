import {
  type AnswerOf,
  foldText,
  type listPeople as contract,
  type QueryOf,
  type Tenant,
  Username,
} from '@parley/contracts';
import type { Kysely } from 'kysely';

import type { IdentityDb } from '../storage/schema.ts';

/** People whose user name or display name starts with the text, by user name. Undefined for a cursor that is none. */
export async function listPeople(
  db: Kysely<IdentityDb>,
  tenant: Tenant,
  { q, limit, cursor }: QueryOf<typeof contract>['data'],
): Promise<AnswerOf<typeof contract> | undefined> {
  if (cursor !== undefined && !Username.safeParse(cursor).success) return undefined;
  const start = likePrefix(foldText(q));

  const rows = await db
    .selectFrom('person')
    .select(['user_id as userId', 'username', 'display_name as displayName'])
    .where('tenant', '=', tenant)
    .$if(start !== '%', (query) =>
      query.where((where) =>
        where.or([where('username', 'like', start), where('display_name_folded', 'like', start)]),
      ),
    )
    .$if(cursor !== undefined, (query) => query.where('username', '>', cursor ?? ''))
    .orderBy('username')
    .limit(limit + 1)
    .execute();

  const data = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  const nextCursor = hasMore ? (data.at(-1)?.username ?? null) : null;
  return { data, page: { nextCursor, prevCursor: null, hasMore } };
}

/** A pattern for "starts with". */
function likePrefix(text: string): string {
  return `${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
