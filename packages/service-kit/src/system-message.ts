import {
  type ClientMessageId,
  type ConversationEvent,
  formatId,
  formatUuid,
  type MessageEvent,
  type MessageView,
  type PositionEvent,
  type RecordedEvent,
  systemContentOf,
} from '@parley/contracts';

import { deriveSystemMessageBytes } from './derive-id.ts';

/**
 * The line that a conversation's timeline has of an event, as everybody sees it: in the history, in a sync and live.
 * It has no event of its own: its number is the event's, and its id follows from that. What stands for a
 * `clientMessageId`, which nobody chose, is the id in its other spelling.
 */
export function systemMessageOf(
  event: RecordedEvent<ConversationEvent | MessageEvent | PositionEvent>,
): MessageView | undefined {
  const content = systemContentOf(event);
  if (content === undefined) return undefined;
  const { conversationId } = event.data;
  const { seq = 0, actorId, at } = event;
  const bytes = deriveSystemMessageBytes(conversationId, { seq, timeMs: Date.parse(at) });
  return {
    messageId: formatId('msg', bytes),
    conversationId,
    seq,
    senderId: actorId,
    clientMessageId: formatUuid(bytes) as ClientMessageId,
    content,
    sentAt: at,
    replyTo: null,
    forwardedFrom: null,
    mentions: [],
    isEdited: false,
    editedAt: null,
    deletedAt: null,
    deletedBy: null,
    reactions: [],
    isPinned: false,
    changedSeq: seq,
  };
}
