import type { ConversationId, ConversationView, Position } from '@parley/contracts';

import type { Acting } from '../commands/acting.ts';
import type { QueryBus } from '../queries/query-bus.ts';
import { edgeOk, type EdgeResult } from './edge-error.ts';
import { conversationView } from './socket-handlers.ts';

interface ActingRequest {
  readonly identity: Acting['identity'];
  readonly asking: { readonly correlationId: string };
}

/** A write that answers with the conversation as it is after it. */
export async function withView(
  queries: QueryBus,
  { identity, asking }: ActingRequest,
  written: EdgeResult<{ readonly conversationId: ConversationId }>,
): Promise<EdgeResult<ConversationView & { position: Position }>> {
  if (!written.ok) return written;
  const { position } = written;
  const about = { ...written, correlationId: asking.correlationId };
  const view = await conversationView(queries, { identity }, about);
  return view.ok ? edgeOk({ ...view.data, position: position as Position }, position) : view;
}
