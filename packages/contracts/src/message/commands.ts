import { z } from 'zod';

import { defineCommand } from '../kernel/command.ts';
import { ClientMessageId, ConversationId, MessageId, Seq, Timestamp, UserId } from '../kernel/scalars.ts';
import { ContentToSend, Wording } from './content.ts';
import { DeliveredPosition, Emoji, MessageView, ReadPosition } from './views.ts';

/**
 * How far ahead of the server a client's clock may be. Inside the bound the time in a `clientMessageId` tells
 * which layer can recognise a retry; beyond it a send is refused and the client corrects its clock. The larger it is, the
 * longer memory has to be for a busy conversation's sends to need no table.
 */
export const CLIENT_CLOCK_LEAD_MS_MAX = 10_000;

export const sendMessage = defineCommand({
  type: 'message.send',
  input: z.strictObject({
    conversationId: ConversationId,
    messageId: MessageId,
    clientMessageId: ClientMessageId,
    content: ContentToSend,
    /** The message of the same conversation that this one answers. */
    replyToId: MessageId.optional(),
  }),
  answer: z.object({ message: MessageView }),
  rejections: [
    'conversation-not-found',
    'client-message-id-reused',
    'client-clock-ahead',
    'file-not-found',
    'file-already-attached',
    'file-of-another-kind',
    'sticker-not-found',
    'message-not-found',
    'system-message',
    'mentioned-person-not-a-member',
    'role-too-low',
    'conversation-dissolved',
    'blocked',
    'read-only',
  ],
});

/** How many conversations one forward may go to. */
export const FORWARD_CONVERSATION_COUNT_MAX = 20;

/** Says a message of some conversation again in this one. Its files stay the ones they are. */
export const forwardMessage = defineCommand({
  type: 'message.forward',
  input: z.strictObject({
    conversationId: ConversationId,
    messageId: MessageId,
    clientMessageId: ClientMessageId,
    /** The message that is said again. */
    sourceId: MessageId,
  }),
  answer: z.object({ message: MessageView }),
  rejections: [
    'conversation-not-found',
    'client-clock-ahead',
    'message-not-found',
    'message-deleted',
    'not-forwardable',
    'conversation-dissolved',
    'blocked',
    'read-only',
  ],
});

/** Why nothing more is done in a conversation by people who still see it. */
const closed = ['conversation-dissolved', 'blocked'] as const;

const OfMessage = z.strictObject({ conversationId: ConversationId, messageId: MessageId });

/** What was changed, and the number of the change; where nothing was left to change, of the last one before. */
export const MessageChange = z.object({
  conversationId: ConversationId,
  messageId: MessageId,
  messageSeq: Seq,
  seq: Seq,
  at: Timestamp,
});

export const editMessage = defineCommand({
  type: 'message.edit',
  input: OfMessage.extend({ wording: Wording }),
  answer: MessageChange,
  rejections: [
    'message-not-found',
    'system-message',
    ...closed,
    'read-only',
    'not-the-author',
    'message-deleted',
    'edit-window',
    'not-editable',
    'mentioned-person-not-a-member',
    'role-too-low',
  ],
});

/** For everyone. */
export const deleteMessage = defineCommand({
  type: 'message.delete',
  input: OfMessage,
  answer: MessageChange,
  rejections: ['message-not-found', 'system-message', 'role-too-low'],
});

/** The emoji that a person has put on a message or taken away, and how many have it there now. */
export const ReactionChange = MessageChange.extend({
  emoji: z.string(),
  own: z.boolean(),
  count: z.int().min(0),
});

/** For whoever asks, on all of their devices. */
export const hideMessage = defineCommand({
  type: 'message.hide',
  input: OfMessage,
  answer: MessageChange.omit({ seq: true }),
  rejections: ['message-not-found', 'system-message'],
});

/** Puts an emoji on a message; the same one again takes it away. */
export const reactToMessage = defineCommand({
  type: 'message.react',
  input: OfMessage.extend({ emoji: Emoji }),
  answer: ReactionChange,
  rejections: ['message-not-found', 'system-message', ...closed, 'message-deleted', 'too-many-reactions'],
});

/** Takes it away; one that is not there is away already. */
export const removeReaction = defineCommand({
  type: 'message.remove-reaction',
  input: OfMessage.extend({ emoji: Emoji }),
  answer: ReactionChange,
  rejections: ['message-not-found', 'system-message', ...closed, 'message-deleted'],
});

export const pinMessage = defineCommand({
  type: 'message.pin',
  input: OfMessage,
  answer: MessageChange,
  rejections: [
    'message-not-found',
    'system-message',
    ...closed,
    'message-deleted',
    'role-too-low',
    'too-many-pins',
  ],
});

export const unpinMessage = defineCommand({
  type: 'message.unpin',
  input: OfMessage,
  answer: MessageChange,
  rejections: ['message-not-found', 'system-message', ...closed, 'role-too-low'],
});

/** What may be done to a message that was sent before. */
export const changeCommands = [
  editMessage,
  deleteMessage,
  reactToMessage,
  removeReaction,
  pinMessage,
  unpinMessage,
] as const;
export type ChangeCommandContract = (typeof changeCommands)[number];

/** How many people's reads the edge may put into one command. */
export const READER_COUNT_MAX = 500;

/**
 * Moves read positions forward, never back. The edge gathers the reads of a conversation for a moment, so one
 * command may carry many people; what each may is decided for each.
 */
export const markRead = defineCommand({
  type: 'message.mark-read',
  input: z.strictObject({
    conversationId: ConversationId,
    readers: z.array(ReadPosition).min(1).max(READER_COUNT_MAX),
  }),
  answer: z.object({
    readers: z.array(
      z.object({ userId: UserId, result: z.enum(['read', 'not-a-member', 'beyond-the-head']) }),
    ),
  }),
  rejections: ['conversation-not-found'],
});

/** The same for what has come to people's devices. */
export const markDelivered = defineCommand({
  type: 'message.mark-delivered',
  input: z.strictObject({
    conversationId: ConversationId,
    receivers: z.array(DeliveredPosition).min(1).max(READER_COUNT_MAX),
  }),
  answer: z.object({
    receivers: z.array(
      z.object({ userId: UserId, result: z.enum(['delivered', 'not-a-member', 'beyond-the-head']) }),
    ),
  }),
  rejections: ['conversation-not-found'],
});

export const messageCommands = [
  sendMessage,
  forwardMessage,
  ...changeCommands,
  hideMessage,
  markRead,
  markDelivered,
] as const;
export type MessageCommandContract = (typeof messageCommands)[number];
