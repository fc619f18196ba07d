import { z } from 'zod';

import { Cursor, defineQuery, PAGE_SIZE_MAX, PageLimit, pageOf } from '../kernel/query.ts';
import {
  ConversationId,
  FileId,
  MessageId,
  Position,
  Seq,
  SeqOrZero,
  StickerId,
  UserId,
} from '../kernel/scalars.ts';
import { ReceiptState, ReceiptStats, ReceiptView } from './receipts.ts';
import { searchMessages } from './search.ts';
import { messageSyncQueries } from './sync-queries.ts';
import {
  DeliveredPosition,
  MessagePreview,
  MessageStats,
  MessageVersion,
  MessageView,
  PinView,
  ReactionView,
  ReadPosition,
} from './views.ts';

const wholeNumber = z.coerce.number().pipe(Seq);

const bounds = {
  before: wholeNumber.optional(),
  after: z.coerce.number().pipe(SeqOrZero).optional(),
  around: wholeNumber.optional(),
  cursor: Cursor.optional(),
  limit: PageLimit,
};

/** Where a page of history lies: before, after or around a number, or at a cursor; without any, the latest page. */
export const HistoryBounds = oneBoundOnly(z.object(bounds));

/** A page of a conversation's messages, oldest first. */
export const listMessages = defineQuery({
  type: 'message.list-messages',
  input: oneBoundOnly(z.object({ userId: UserId, conversationId: ConversationId, ...bounds })),
  answer: pageOf(MessageView),
  rejections: ['conversation-not-found'],
});

export const getMessage = defineQuery({
  type: 'message.get-message',
  input: z.strictObject({ userId: UserId, messageId: MessageId }),
  answer: MessageView,
  rejections: ['message-not-found'],
});

/** Which conversation a message is in: for whoever names a message and nothing else. */
export const findMessage = defineQuery({
  type: 'message.find-message',
  input: z.strictObject({ userId: UserId, messageId: MessageId }),
  answer: z.object({ conversationId: ConversationId, seq: Seq }),
  rejections: ['message-not-found'],
});

/**
 * What became of a conversation after a number: the messages that came since, and those from before that were
 * changed since, all as they are now. In the order of the numbers, so a page is complete up to its `upToSeq`.
 */
export const listChanges = defineQuery({
  type: 'message.list-changes',
  input: z.strictObject({
    userId: UserId,
    conversationId: ConversationId,
    afterSeq: SeqOrZero,
    limit: PageLimit,
  }),
  answer: z.object({
    messages: z.array(MessageView),
    changed: z.array(MessageView),
    /** Nothing where there was nothing. */
    upToSeq: Seq.nullable(),
    hasMore: z.boolean(),
  }),
  rejections: ['conversation-not-found'],
});

/** How many hidden messages one answer names; what is more is asked for from its position on. */
export const HIDDEN_COUNT_MAX = 500;

/** What a person has hidden since a position of their log, or last of all where none is named. */
export const listHidden = defineQuery({
  type: 'message.list-hidden',
  input: z.strictObject({ userId: UserId, after: Position.optional() }),
  answer: z.object({
    hidden: z.array(z.object({ conversationId: ConversationId, messageId: MessageId })),
    position: Position,
    hasMore: z.boolean(),
  }),
  rejections: [],
});

export const HIDDEN_PEOPLE_COUNT_MAX = 100;

/** What people have hidden last; of those who have hidden nothing, nothing. */
export const listHiddenOf = defineQuery({
  type: 'message.list-hidden-of',
  input: z.strictObject({ userIds: z.array(UserId).min(1).max(HIDDEN_PEOPLE_COUNT_MAX) }),
  answer: z.object({
    people: z.array(z.object({ userId: UserId, messageIds: z.array(MessageId).max(HIDDEN_COUNT_MAX) })),
  }),
  rejections: [],
});

/** What a message said before, the first words first; nothing any more once it is deleted. */
export const listMessageVersions = defineQuery({
  type: 'message.list-message-versions',
  input: z.strictObject({
    userId: UserId,
    messageId: MessageId,
    cursor: Cursor.optional(),
    limit: PageLimit,
  }),
  answer: pageOf(MessageVersion),
  rejections: ['message-not-found'],
});

/** How many messages of which type, and how many of whom. */
export const getMessageStats = defineQuery({
  type: 'message.get-stats',
  input: z.strictObject({ userId: UserId, conversationId: ConversationId }),
  answer: MessageStats,
  rejections: ['conversation-not-found'],
});

/** A thread: the answers to one message, the first one first. */
export const listReplies = defineQuery({
  type: 'message.list-replies',
  input: z.strictObject({
    userId: UserId,
    messageId: MessageId,
    cursor: Cursor.optional(),
    limit: PageLimit,
  }),
  answer: pageOf(MessageView),
  rejections: ['message-not-found'],
});

/** What is pinned in a conversation, the latest pin first. At most so many as may be pinned. */
export const listPins = defineQuery({
  type: 'message.list-pins',
  input: z.strictObject({ userId: UserId, conversationId: ConversationId }),
  answer: z.object({ data: z.array(PinView) }),
  rejections: ['conversation-not-found'],
});

/** Which emojis a message has, and from whom. */
export const listReactions = defineQuery({
  type: 'message.list-reactions',
  input: z.strictObject({ userId: UserId, messageId: MessageId }),
  answer: z.object({ messageId: MessageId, total: z.int().min(0), data: z.array(ReactionView) }),
  rejections: ['message-not-found'],
});

/** Whether a person sees a message that has a file. */
export const seesFile = defineQuery({
  type: 'message.sees-file',
  input: z.strictObject({ userId: UserId, fileId: FileId }),
  answer: z.object({ seesFile: z.boolean() }),
  rejections: [],
});

const STICKER_COUNT_MAX = 1_000;

/** How often stickers were sent and not deleted, by anybody; one that nobody has sent is left out. */
export const countStickerUses = defineQuery({
  type: 'message.count-sticker-uses',
  input: z.strictObject({ stickerIds: z.array(StickerId).min(1).max(STICKER_COUNT_MAX) }),
  answer: z.object({ uses: z.array(z.object({ stickerId: StickerId, count: z.int().min(1) })) }),
  rejections: [],
});
export type StickerUses = z.output<(typeof countStickerUses)['answer']>;

/** Where a message stands that somebody has deleted for themselves. */
const HiddenPlace = z.object({ conversationId: ConversationId, seq: Seq });
export type HiddenPlace = z.output<typeof HiddenPlace>;

/** The newest messages before such places that are shown to a person, one in each conversation. */
export const listPreviews = defineQuery({
  type: 'message.list-previews',
  input: z.strictObject({ userId: UserId, before: z.array(HiddenPlace).min(1).max(PAGE_SIZE_MAX) }),
  answer: z.object({ previews: z.array(MessagePreview) }),
  rejections: [],
});

/** How far each member has read, and how far their devices have got: one row for each who has come anywhere. */
export const listReadPositions = defineQuery({
  type: 'message.list-read-positions',
  input: z.strictObject({ userId: UserId, conversationId: ConversationId }),
  answer: z.object({ data: z.array(ReadPosition), deliveries: z.array(DeliveredPosition) }),
  rejections: ['conversation-not-found'],
});

/** How many of those whom a message was for have it, and have read it. */
export const getReceiptStats = defineQuery({
  type: 'message.get-receipt-stats',
  input: z.strictObject({ userId: UserId, messageId: MessageId }),
  answer: ReceiptStats,
  rejections: ['message-not-found'],
});

/** Who has a message, or who has read it, the first of them first. */
export const listReceipts = defineQuery({
  type: 'message.list-receipts',
  input: z.strictObject({
    userId: UserId,
    messageId: MessageId,
    state: ReceiptState.default('delivered'),
    cursor: Cursor.optional(),
    limit: PageLimit,
  }),
  answer: pageOf(ReceiptView),
  rejections: ['message-not-found'],
});

export const messageQueries = [
  listMessages,
  getMessage,
  findMessage,
  listChanges,
  listHidden,
  listHiddenOf,
  listMessageVersions,
  getMessageStats,
  listPins,
  listReactions,
  listReplies,
  listReadPositions,
  getReceiptStats,
  listReceipts,
  searchMessages,
  seesFile,
  countStickerUses,
  listPreviews,
  ...messageSyncQueries,
] as const;
export type MessageQueryContract = (typeof messageQueries)[number];

function oneBoundOnly<Schema extends z.ZodObject<typeof bounds>>(schema: Schema): Schema {
  return schema.refine(
    ({ before, after, around, cursor }) =>
      [before, after, around, cursor].filter((bound) => bound !== undefined).length <= 1,
    'before, after, around and cursor exclude one another',
  );
}
