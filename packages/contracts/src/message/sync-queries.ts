import { z } from 'zod';

import { defineQuery } from '../kernel/query.ts';
import { ConversationId, Seq, SeqOrZero, UserId } from '../kernel/scalars.ts';
import { DeliveredPosition, MessageView, ReadPosition } from './views.ts';

/** How many conversations one question about what was missed may name, and one page may speak of. */
export const MISSED_CONVERSATION_COUNT_MAX = 100;
/** How many rows one page of what was missed has at most. */
export const MISSED_ROW_COUNT_MAX = 1_000;
/** Whoever missed more numbers of a conversation than this is given its newest messages instead of all of them. */
export const SNAPSHOT_OVER_COUNT = 2_000;
/** How many messages stand for a conversation then. */
export const SNAPSHOT_MESSAGE_COUNT = 50;

/** Where a log's stream stands. */
const LogPosition = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const RowLimit = z.int().min(1).max(MISSED_ROW_COUNT_MAX);

/**
 * What one conversation missed since a position: its messages after `afterSeq`, oldest first, and those up to it
 * that were changed since the position, all as they are now; complete up to `upToSeq`. A snapshot says less: its
 * newest messages, from which a device starts over.
 */
export const MissedConversation = z.object({
  conversationId: ConversationId,
  afterSeq: SeqOrZero,
  messages: z.array(MessageView),
  changed: z.array(MessageView),
  upToSeq: SeqOrZero,
  hasMore: z.boolean(),
  isSnapshot: z.boolean(),
});
export type MissedConversation = z.output<typeof MissedConversation>;

/** Up to which number, and where in the log that is, a conversation is told. */
export const MissedHead = z.object({
  conversationId: ConversationId,
  headSeq: Seq,
  headPosition: LogPosition,
});
export type MissedHead = z.output<typeof MissedHead>;

/**
 * What was missed in several conversations since a position and up to their heads, in the order asked, as much of it
 * as a page holds. `afterSeq` is where an earlier page ended. Where the person is not in it (any more) a conversation
 * is passed over.
 */
export const listMissedMessages = defineQuery({
  type: 'message.list-missed-messages',
  input: z.strictObject({
    userId: UserId,
    since: LogPosition,
    conversations: z
      .array(MissedHead.extend({ afterSeq: SeqOrZero.optional() }))
      .min(1)
      .max(MISSED_CONVERSATION_COUNT_MAX),
    limit: RowLimit,
  }),
  answer: z.object({
    conversations: z.array(MissedConversation),
    /** Where to go on: from a number in a conversation, or from its beginning. */
    next: z.object({ conversationId: ConversationId, afterSeq: SeqOrZero.optional() }).nullable(),
  }),
  rejections: [],
});

/** How far members have come in one conversation, of those who have come further since a position. */
export const MissedPositions = z.object({
  conversationId: ConversationId,
  reads: z.array(ReadPosition.pick({ userId: true, upToSeq: true, readAt: true })),
  deliveries: z.array(DeliveredPosition.pick({ userId: true, upToSeq: true, deliveredAt: true })),
});
export type MissedPositions = z.output<typeof MissedPositions>;

/** The same for all conversations of a person after one, by id. What others read privately is not in it. */
export const listMissedPositions = defineQuery({
  type: 'message.list-missed-positions',
  input: z.strictObject({
    userId: UserId,
    since: LogPosition,
    after: ConversationId.optional(),
    limit: z.int().min(1).max(MISSED_CONVERSATION_COUNT_MAX),
  }),
  answer: z.object({ positions: z.array(MissedPositions), hasMore: z.boolean() }),
  rejections: [],
});

/** A stay that has ended, by which event of its conversation, and how. */
export const EndedStay = z.object({
  conversationId: ConversationId,
  seq: Seq,
  reason: z.enum(['removed', 'left', 'dissolved']),
});
export type EndedStay = z.output<typeof EndedStay>;

/** The conversations that a person has been in and is no more, since a position, in the order in which that came. */
export const listEndedStays = defineQuery({
  type: 'message.list-ended-stays',
  input: z.strictObject({ userId: UserId, since: LogPosition, limit: RowLimit }),
  answer: z.object({ ended: z.array(EndedStay), upTo: LogPosition, hasMore: z.boolean() }),
  rejections: [],
});

export const messageSyncQueries = [listMissedMessages, listMissedPositions, listEndedStays] as const;
