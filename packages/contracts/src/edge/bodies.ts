import { z } from 'zod';

import {
  ClientMessageId,
  ConversationId,
  IdempotencyKey,
  MessageId,
  Position,
  Seq,
} from '../kernel/scalars.ts';
import { FORWARD_CONVERSATION_COUNT_MAX, MessageChange, ReactionChange } from '../message/commands.ts';
import { ENTITY_COUNT_MAX, MessageText, TextEntity } from '../message/content.ts';
import { Emoji, MessageView } from '../message/views.ts';

export const SentAnswer = z.object({
  message: MessageView,
  clientMessageId: ClientMessageId,
  tempId: z.string().optional(),
  localId: z.string().optional(),
  seq: Seq,
  position: Position,
});

/**
 * Who names the conversation too spares the server the search for it, and may act while the history is away.
 */
const OfMessage = { messageId: MessageId, conversationId: ConversationId.optional() };
const OneAct = { idempotencyKey: IdempotencyKey.optional() };

export const EditMessageBody = z.strictObject({
  conversationId: ConversationId.optional(),
  content: MessageText,
  entities: z.array(TextEntity).max(ENTITY_COUNT_MAX).optional(),
});
export const EditMessagePayload = EditMessageBody.extend({ ...OfMessage, ...OneAct });

/** For whom a message is deleted. `all` is another name of `everyone`. */
export const DeleteScope = z
  .enum(['me', 'everyone', 'all'])
  .default('everyone')
  .transform((scope) => (scope === 'me' ? 'me' : 'everyone'));
export const DeleteMessageQuery = z.strictObject({
  conversationId: ConversationId.optional(),
  scope: DeleteScope,
});
export const DeleteMessagePayload = DeleteMessageQuery.extend({ ...OfMessage, ...OneAct });

export const ReactBody = z.strictObject({ conversationId: ConversationId.optional(), emoji: Emoji });
export const ReactPayload = ReactBody.extend({ ...OfMessage, ...OneAct });
export const PinQuery = z.strictObject({ conversationId: ConversationId.optional() });

/** A change that was made, and where it stands in the log. */
export const ChangedAnswer = MessageChange.extend({ position: Position });
/** What only its own person does not see any more has no number. */
export const DeletedAnswer = ChangedAnswer.extend({ seq: Seq.nullable() });
export const ReactedAnswer = ReactionChange.extend({ position: Position });

/** What a client says to mark as read: a number, or messages whose highest number counts. */
export const MarkReadBody = z
  .strictObject({
    conversationId: ConversationId,
    upToSeq: Seq.optional(),
    messageId: MessageId.optional(),
    messageIds: z.array(MessageId).min(1).max(100).optional(),
    /** Ignored: who reads is who asks. */
    userId: z.unknown().optional(),
  })
  .refine(
    ({ upToSeq, messageId, messageIds }) =>
      [upToSeq, messageId, messageIds].filter((one) => one !== undefined).length === 1,
    'name one of upToSeq, messageId and messageIds',
  );

/** What a client says when messages have come to it, or were read. */
export const ReceiptBody = z
  .strictObject({
    conversationId: ConversationId,
    upToSeq: Seq.optional(),
    messageId: MessageId.optional(),
    /** Ignored: whose device it came to is who asks. */
    userId: z.unknown().optional(),
  })
  .refine(({ upToSeq, messageId }) => (upToSeq === undefined) !== (messageId === undefined), {
    error: 'name one of upToSeq and messageId',
  });

/** How many receipts one `read_receipts_batch` may carry. */
export const RECEIPT_COUNT_MAX = 200;

/** Receipts of many conversations at once: what a device says after it was away. */
export const ReceiptsBody = z.strictObject({
  receipts: z
    .array(ReceiptBody.safeExtend({ type: z.enum(['read', 'delivered']).default('read') }))
    .min(1)
    .max(RECEIPT_COUNT_MAX),
});

export const MarkedReadAnswer = z.object({
  conversationId: ConversationId,
  upToSeq: Seq,
  position: Position.optional(),
});

/** What became of each receipt, in the order of the batch. One that is refused does not hold up the others. */
export const ReceiptsAnswer = z.object({
  results: z.array(
    z.object({
      conversationId: ConversationId,
      ok: z.boolean(),
      /** How far it stands now. */
      upToSeq: Seq.optional(),
      /** Why it does not. */
      code: z.string().optional(),
    }),
  ),
});

/** To which conversations a message is forwarded. */
export const ForwardBody = z.strictObject({
  conversationIds: z
    .array(ConversationId)
    .min(1)
    .max(FORWARD_CONVERSATION_COUNT_MAX)
    .refine((ids) => new Set(ids).size === ids.length, 'names a conversation twice'),
});

/** What became of a forward, conversation by conversation, in the order in which they were named. */
export const ForwardedAnswer = z.object({
  data: z.array(
    z.discriminatedUnion('ok', [
      z.object({ conversationId: ConversationId, ok: z.literal(true), message: MessageView }),
      z.object({
        conversationId: ConversationId,
        ok: z.literal(false),
        error: z.object({ code: z.string(), message: z.string(), definite: z.boolean() }).loose(),
      }),
    ]),
  ),
});
