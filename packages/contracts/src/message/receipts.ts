import { z } from 'zod';

import { ConversationId, MessageId, Seq, Timestamp, UserId } from '../kernel/scalars.ts';

/**
 * How far below the furthest position of a person the times of their receipts are kept. Of a message further back
 * it is known that they have it or have read it, and not any more since when.
 */
export const RECEIPT_TIME_SEQ_COUNT = 2_000;

/** `delivered`: it has come to one of the person's devices. Who has read it has it too. */
export const ReceiptState = z.enum(['delivered', 'read']);
export type ReceiptState = z.output<typeof ReceiptState>;

/** What is known of one person and one message. A time is the earliest one whose position covers the message. */
export const ReceiptView = z.object({
  userId: UserId,
  state: ReceiptState,
  /** Nothing where that is too long ago to be kept. */
  deliveredAt: Timestamp.nullable(),
  /** Nothing where it was not read, or too long ago. */
  readAt: Timestamp.nullable(),
});
export type ReceiptView = z.output<typeof ReceiptView>;

const Share = z.object({
  count: z.int().min(0),
  /** Of the recipients, with two decimals. */
  percentage: z.number().min(0).max(100),
  /** When the first of them had come so far. */
  firstAt: Timestamp.nullable(),
});

/** Those whom a message was for are who was in then and still is, without its sender. */
export const ReceiptStats = z.object({
  messageId: MessageId,
  conversationId: ConversationId,
  seq: Seq,
  recipientCount: z.int().min(0),
  delivered: Share,
  read: Share,
});
export type ReceiptStats = z.output<typeof ReceiptStats>;
