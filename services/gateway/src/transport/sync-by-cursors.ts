import {
  type ConversationId,
  listChanges,
  listHidden,
  type Position,
  type SyncedByCursors,
  type SyncedConversation,
  wordsOf,
} from '@parley/contracts';
import { formatPosition } from '@parley/event-sourcing';

import { eachAtOnce } from '../each-at-once.ts';
import type { Feeds } from '../policies/feeds.ts';
import type { QueryBus } from '../queries/query-bus.ts';
import type { ClientSession } from './client-session.ts';
import { edgeOk, type EdgeResult, edgeResultOf } from './edge-error.ts';

export interface CursorSyncPorts {
  readonly queries: QueryBus;
  readonly feeds: Feeds;
}

const SYNC_AT_ONCE = 8;
/** How much text one answer gathers before the rest is left for the next: a person may have missed a lot. */
const SYNC_BYTES_MAX = 1024 * 1024;

/** What several conversations have after a number each, as much of it as one answer holds. */
export async function syncConversations(
  ports: CursorSyncPorts,
  session: ClientSession,
  {
    cursors,
    limit,
    ownPosition,
    correlationId,
  }: {
    readonly cursors: Readonly<Record<ConversationId, number>>;
    readonly limit: number;
    readonly ownPosition?: Position | undefined;
    readonly correlationId: string;
  },
): Promise<EdgeResult<SyncedByCursors>> {
  const asked = Object.entries(cursors) as [ConversationId, number][];
  const conversations: SyncedConversation[] = [];
  const removed: ConversationId[] = [];
  let failure: (EdgeResult & { ok: false }) | undefined;
  let bytes = 0;
  const syncing = eachAtOnce(asked, SYNC_AT_ONCE, async ([conversationId, afterSeq]) => {
    if (failure !== undefined) return;
    if (bytes > SYNC_BYTES_MAX) {
      conversations.push({ conversationId, messages: [], changed: [], upToSeq: afterSeq, hasMore: true });
      return;
    }
    const one = { conversationId, afterSeq, limit, correlationId };
    const synced = await syncConversation(ports, session, one);
    if (synced === undefined) removed.push(conversationId);
    else if (synced.ok) {
      conversations.push(synced.data);
      const { messages, changed } = synced.data;
      for (const { content } of [...messages, ...changed]) bytes += Buffer.byteLength(wordsOf(content));
    } else failure = synced;
  });
  const [own] = await Promise.all([ownChanges(ports, session, { ownPosition, correlationId }), syncing]);
  return failure ?? edgeOk({ conversations, removed, ...own });
}

/** What the person has deleted for themselves. While the history is away it is left for the next time. */
async function ownChanges(
  { queries }: CursorSyncPorts,
  { identity: { userId } }: ClientSession,
  asked: { readonly ownPosition: Position | undefined; readonly correlationId: string },
): Promise<Pick<SyncedByCursors, 'hidden' | 'ownPosition'>> {
  const { ownPosition: after, correlationId } = asked;
  const outcome = await queries.ask(listHidden, { userId, after }, { actorId: userId, correlationId });
  if (outcome.kind !== 'ok') return { hidden: [], ownPosition: after ?? formatPosition('user', 0) };
  return { hidden: outcome.answer.hidden, ownPosition: outcome.answer.position };
}

/** What became of one conversation after a number; undefined where the person is not in it. */
async function syncConversation(
  { feeds, queries }: CursorSyncPorts,
  session: ClientSession,
  asked: {
    readonly conversationId: ConversationId;
    readonly afterSeq: number;
    readonly limit: number;
    readonly correlationId: string;
  },
): Promise<EdgeResult<SyncedConversation> | undefined> {
  const { conversationId, afterSeq, limit, correlationId } = asked;
  const feed = await feeds.join(session, conversationId);
  // Both looks at one moment: what is told below is what the feed had passed on while the person was in.
  if (feed === undefined || !feed.isMember(session.identity.userId)) return undefined;
  const { seq: headSeq, position } = feed.head;
  const known = feed.messagesAfter(afterSeq, session.identity.userId);
  if (known && known.length <= limit) {
    return edgeOk({ conversationId, messages: [...known], changed: [], upToSeq: headSeq, hasMore: false });
  }
  const { userId } = session.identity;
  const asking = { actorId: userId, minPosition: formatPosition('conv', position), correlationId };
  const page = edgeResultOf(
    await queries.ask(listChanges, { userId, conversationId, afterSeq, limit }, asking),
  );
  if (!page.ok) return page.error.code === 'NOT_FOUND' ? undefined : page;
  const { messages, changed, hasMore, upToSeq: pageSeq } = page.data;
  // Up to the head everything was read; on a full page only what the page holds.
  const upToSeq = hasMore && pageSeq !== null ? pageSeq : Math.max(headSeq, pageSeq ?? 0);
  return edgeOk({ conversationId, messages, changed, upToSeq, hasMore });
}
