import { z } from 'zod';

import {
  ClientMessageId,
  ConversationId,
  DeviceId,
  MessageId,
  Seq,
  Timestamp,
  UserId,
} from '../kernel/scalars.ts';
import { Mention, MessageContent, MessageType } from './content.ts';

/** How much of a message's words a quote of it shows. */
export const QUOTE_LENGTH_MAX = 200;

/** The message that another one answers, as it was when the answer was sent. */
export const Quote = z.object({
  messageId: MessageId,
  seq: Seq,
  senderId: UserId,
  /** Nothing, where the message was deleted: no old words come back through a quote. */
  preview: z.object({ type: MessageType, text: z.string().max(QUOTE_LENGTH_MAX) }).nullable(),
});
export type Quote = z.output<typeof Quote>;

/** Where a forwarded message was said first, and by whom. */
export const ForwardOrigin = z.object({
  messageId: MessageId,
  conversationId: ConversationId,
  senderId: UserId,
  sentAt: Timestamp,
});
export type ForwardOrigin = z.output<typeof ForwardOrigin>;

/** How many different emojis people may put on one message. */
export const REACTION_EMOJI_COUNT_MAX = 20;

const ONE_EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v;
const EMOJI_LENGTH_MAX = 32;

/** One emoji as people see one, in its emoji spelling: with and without the variation selector it is the same. */
export const Emoji = z
  .string()
  .min(1)
  .max(EMOJI_LENGTH_MAX)
  .regex(ONE_EMOJI, 'must be one emoji')
  .transform((emoji) => (/^\p{RGI_Emoji}$/v.test(`${emoji}\uFE0F`) ? `${emoji}\uFE0F` : emoji));

/** How many people put an emoji on a message, and whether the asker is one of them. */
export const ReactionCount = z.object({ emoji: z.string(), count: z.int().min(1), own: z.boolean() });
export type ReactionCount = z.output<typeof ReactionCount>;

/** A message as a list of conversations shows it. */
export const MessagePreview = z.object({
  messageId: MessageId,
  conversationId: ConversationId,
  seq: Seq,
  senderId: UserId,
  clientMessageId: ClientMessageId,
  /** Nothing where the message was deleted for everyone: what stays is its place. */
  content: MessageContent.nullable(),
  sentAt: Timestamp,
  replyTo: Quote.nullable(),
  forwardedFrom: ForwardOrigin.nullable(),
  mentions: z.array(Mention),
  isEdited: z.boolean(),
  editedAt: Timestamp.nullable(),
  deletedAt: Timestamp.nullable(),
  deletedBy: UserId.nullable(),
});
export type MessagePreview = z.output<typeof MessagePreview>;

/** A message as its readers see it. */
export const MessageView = MessagePreview.extend({
  /** The most frequent first. */
  reactions: z.array(ReactionCount),
  isPinned: z.boolean(),
  /** The number of its last change, its sending included: a change with this number or a lower one is in here. */
  changedSeq: Seq,
});
export type MessageView = z.output<typeof MessageView>;

/** The most frequent first; equal counts in one order on every side. */
export function sortedReactions(reactions: readonly ReactionCount[]): ReactionCount[] {
  return reactions.toSorted(
    (one, other) =>
      other.count - one.count || (one.emoji < other.emoji ? -1 : Number(one.emoji > other.emoji)),
  );
}

/** How many messages of one conversation may be pinned at the same time. */
export const PIN_COUNT_MAX = 50;

export const PinView = z.object({ message: MessageView, pinnedBy: UserId, pinnedAt: Timestamp });
export type PinView = z.output<typeof PinView>;

/** Who put which emoji on a message, the earliest first. */
export const ReactionView = ReactionCount.extend({ userIds: z.array(UserId) });
export type ReactionView = z.output<typeof ReactionView>;

/** What a message said at some time. */
export const MessageVersion = z.object({ content: MessageContent, writtenAt: Timestamp });
export type MessageVersion = z.output<typeof MessageVersion>;

const Count = z.int().min(0);

/** The messages of a conversation that people have sent and that are still there, counted. */
export const MessageStats = z.object({
  total: Count,
  byType: z.array(z.object({ type: MessageType, count: Count })),
  /** Who has sent the most first; also who has gone meanwhile. */
  bySender: z.array(z.object({ userId: UserId, count: Count })),
});
export type MessageStats = z.output<typeof MessageStats>;

/** How far a person has read, and from which of their devices. */
export const ReadPosition = z.object({
  userId: UserId,
  deviceId: DeviceId.optional(),
  upToSeq: Seq,
  readAt: Timestamp,
  /** The person keeps their reading to themselves: nobody but their own devices is ever told of this position. */
  private: z.boolean().optional(),
});
export type ReadPosition = z.output<typeof ReadPosition>;

/** How far a person's messages have come to any of their devices. */
export const DeliveredPosition = z.object({
  userId: UserId,
  deviceId: DeviceId.optional(),
  upToSeq: Seq,
  deliveredAt: Timestamp,
});
export type DeliveredPosition = z.output<typeof DeliveredPosition>;
