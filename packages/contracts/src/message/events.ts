import { z } from 'zod';

import { defineEvent, type EventOf } from '../kernel/event.ts';
import { ClientMessageId, ConversationId, MessageId, Seq } from '../kernel/scalars.ts';
import { Mention, SentContent } from './content.ts';
import { DeliveredPosition, ForwardOrigin, Quote, ReadPosition } from './views.ts';

/** The sender is the envelope's actor, the time the envelope's `at`, the number the envelope's `seq`. */
export const messageSent = defineEvent({
  type: 'message.sent',
  data: z.object({
    conversationId: ConversationId,
    messageId: MessageId,
    clientMessageId: ClientMessageId,
    content: SentContent,
    replyTo: Quote.optional(),
    forwardedFrom: ForwardOrigin.optional(),
    mentions: z.array(Mention).optional(),
  }),
});

const OfMessage = z.object({
  conversationId: ConversationId,
  messageId: MessageId,
  /** The number of the message that this is about. */
  messageSeq: Seq,
});

/** All that the message says from now on. */
export const messageEdited = defineEvent({
  type: 'message.edited',
  data: OfMessage.extend({ content: SentContent }),
});

/** For everyone. Only its place stays. */
export const messageDeleted = defineEvent({ type: 'message.deleted', data: OfMessage });

const Reaction = OfMessage.extend({
  emoji: z.string(),
  /** How many people have it there now. */
  count: z.int().min(0),
});

/** The person is the envelope's actor. */
export const reactionAdded = defineEvent({ type: 'message.reaction-added', data: Reaction });
export const reactionRemoved = defineEvent({ type: 'message.reaction-removed', data: Reaction });

export const messagePinned = defineEvent({ type: 'message.pinned', data: OfMessage });
export const messageUnpinned = defineEvent({ type: 'message.unpinned', data: OfMessage });

export type MessageSent = EventOf<typeof messageSent>;
export type MessageEdited = EventOf<typeof messageEdited>;
export type MessageDeleted = EventOf<typeof messageDeleted>;
export type MessageReacted = EventOf<typeof reactionAdded | typeof reactionRemoved>;
export type PinChanged = EventOf<typeof messagePinned | typeof messageUnpinned>;
/** What is done to a message after it was sent. */
export type MessageChanged = MessageEdited | MessageDeleted | MessageReacted | PinChanged;

/** Everything numbered about messages, in the `m` lane of a conversation's log. */
export type MessageEvent = MessageSent | MessageChanged;

/**
 * Who has read how far: a maximum per person, so it needs no expectation and has a lane (`r.pos`) of its own.
 * One event may carry many people.
 */
export const positionsAdvanced = defineEvent({
  type: 'message.positions-advanced',
  data: z.object({ conversationId: ConversationId, positions: z.array(ReadPosition).min(1) }),
});

/** The same for what has come to people's devices. What was read was delivered, and needs no event of its own. */
export const deliveriesAdvanced = defineEvent({
  type: 'message.deliveries-advanced',
  data: z.object({ conversationId: ConversationId, positions: z.array(DeliveredPosition).min(1) }),
});

export type PositionEvent = EventOf<typeof positionsAdvanced | typeof deliveriesAdvanced>;

/**
 * Somebody does not want to see a message any more: said to their own log, in the lane `v.msg`, and nobody else's
 * business.
 */
export const messageHidden = defineEvent({ type: 'message.hidden', data: OfMessage });

export type HiddenEvent = EventOf<typeof messageHidden>;

export const messageEvents = [
  messageSent,
  messageEdited,
  messageDeleted,
  reactionAdded,
  reactionRemoved,
  messagePinned,
  messageUnpinned,
  positionsAdvanced,
  deliveriesAdvanced,
  messageHidden,
] as const;
