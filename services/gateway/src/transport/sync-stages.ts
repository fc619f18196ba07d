import {
  getConversations,
  listEndedStays,
  listHidden,
  listMissedHeads,
  listMissedMessages,
  listMissedPositions,
  listTouchedConversations,
  MISSED_CONVERSATION_COUNT_MAX,
  type SyncPage,
  type UserId,
} from '@parley/contracts';
import { formatPosition, positionIn } from '@parley/event-sourcing';

import type { Asking, QueryBus } from '../queries/query-bus.ts';
import { edgeOk, type EdgeResult, edgeResultOf } from './edge-error.ts';
import type { Reach, SyncStage, SyncStageName } from './sync-token.ts';

/** What a conversation with all that its list shows counts for among the rows of a page. */
const VIEW_ROW_COUNT = 5;
/** How many conversations one question about messages names, and one more; most pages are full before. */
const HEAD_COUNT = 50;

/** One synchronisation: whose, from where and up to where. */
export interface Syncing {
  readonly queries: QueryBus;
  readonly userId: UserId;
  readonly asking: Asking;
  readonly from: Reach;
  readonly to: Reach;
}

type Told = Pick<SyncPage, 'conversations' | 'messages' | 'removed' | 'positions' | 'hidden'>;

/** A part of a page, how much of it that fills, and where the same stage goes on. */
export interface StagePart {
  readonly told: Partial<Told>;
  readonly rowCount: number;
  readonly next: SyncStage | undefined;
  /** Nothing more fits, whatever it counts for. */
  readonly isFull?: boolean;
}

type Stage = (syncing: Syncing, stage: SyncStage, limit: number) => Promise<EdgeResult<StagePart>>;

/** What each stage asks for. All answers include everything up to where the synchronisation leads. */
export const stages: { readonly [Name in SyncStageName]: Stage } = {
  ended: async ({ queries, userId, asking, from }, { number: since = from.conv }, limit) => {
    const found = edgeResultOf(await queries.ask(listEndedStays, { userId, since, limit }, asking));
    if (!found.ok) return found;
    const { ended: removed, upTo, hasMore } = found.data;
    const next = hasMore ? { name: 'ended' as const, number: upTo } : undefined;
    return edgeOk({ told: { removed }, rowCount: removed.length, next });
  },

  messages: readMessages,

  touched: async ({ queries, userId, asking, from: since }, { conversationId: after }, limit) => {
    const count = conversationCount(limit);
    const asked = { userId, since, after, limit: count };
    const found = edgeResultOf(await queries.ask(listTouchedConversations, asked, asking));
    if (!found.ok) return found;
    const { conversations, hasMore } = found.data;
    const last = conversations.at(-1)?.conversationId;
    const next = hasMore ? { name: 'touched' as const, conversationId: last } : undefined;
    return edgeOk({ told: { conversations }, rowCount: conversations.length * VIEW_ROW_COUNT, next });
  },

  positions: async ({ queries, userId, asking, from }, { conversationId: after }, limit) => {
    const asked = { userId, since: from.conv, after, limit: conversationCount(limit) };
    const found = edgeResultOf(await queries.ask(listMissedPositions, asked, asking));
    if (!found.ok) return found;
    const { positions, hasMore } = found.data;
    const last = positions.at(-1)?.conversationId;
    const rowCount = positions.reduce(
      (sum, { reads, deliveries }) => sum + reads.length + deliveries.length,
      0,
    );
    const next = hasMore ? { name: 'positions' as const, conversationId: last } : undefined;
    return edgeOk({ told: { positions }, rowCount, next });
  },

  hidden: async ({ queries, userId, asking, from }, { number = from.user }) => {
    const after = formatPosition('user', number);
    const found = edgeResultOf(await queries.ask(listHidden, { userId, after }, asking));
    if (!found.ok) return found;
    const { hidden, position, hasMore } = found.data;
    const next = hasMore ? { name: 'hidden' as const, number: positionIn('user', position) } : undefined;
    return edgeOk({ told: { hidden }, rowCount: hidden.length, next });
  },
};

/**
 * Messages of as many conversations as fit, and those conversations themselves. In this order: what a view shows is
 * never older than the messages beside it, so who drops events up to those misses nothing that the view has not.
 */
async function readMessages(
  syncing: Syncing,
  stage: SyncStage,
  limit: number,
): Promise<EdgeResult<StagePart>> {
  const { queries, userId, asking, from } = syncing;
  const since = from.conv;
  const found = edgeResultOf(
    await queries.ask(
      listMissedHeads,
      { userId, since, from: stage.conversationId, limit: HEAD_COUNT },
      asking,
    ),
  );
  if (!found.ok) return found;
  const { heads: listed, hasMore } = found.data;
  // With more than were asked for, the last one begins the next question.
  const heads = hasMore ? listed.slice(0, -1) : listed;
  const beyond = hasMore ? listed.at(-1)?.conversationId : undefined;
  if (heads.length === 0) return edgeOk({ told: {}, rowCount: 0, next: undefined });

  const upTo = Math.max(...heads.map(({ headPosition }) => headPosition));
  const upToHeads = { ...asking, minPosition: [asking.minPosition, formatPosition('conv', upTo)].join(',') };
  const conversations = heads.map((head) =>
    head.conversationId === stage.conversationId ? { ...head, afterSeq: stage.number } : head,
  );
  const missed = edgeResultOf(
    await queries.ask(listMissedMessages, { userId, since, conversations, limit }, upToHeads),
  );
  if (!missed.ok) return missed;
  const { conversations: messages, next: at } = missed.data;
  const conversationIds = messages.map(({ conversationId }) => conversationId);
  const views =
    conversationIds.length === 0
      ? edgeOk({ conversations: [] })
      : edgeResultOf(await queries.ask(getConversations, { userId, conversationIds }, upToHeads));
  if (!views.ok) return views;

  const rows = messages.map((one) => VIEW_ROW_COUNT + one.messages.length + one.changed.length);
  const told = { messages, conversations: views.data.conversations };
  const rowCount = rows.reduce((sum, count) => sum + count, 0);
  if (at !== null) {
    const next = { name: 'messages' as const, conversationId: at.conversationId, number: at.afterSeq };
    return edgeOk({ told, rowCount, next, isFull: true });
  }
  const next = beyond === undefined ? undefined : { name: 'messages' as const, conversationId: beyond };
  return edgeOk({ told, rowCount, next });
}

function conversationCount(limit: number): number {
  return Math.max(1, Math.min(MISSED_CONVERSATION_COUNT_MAX, Math.floor(limit / VIEW_ROW_COUNT)));
}
