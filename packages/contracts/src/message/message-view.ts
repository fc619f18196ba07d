import type { EventEnvelope } from '../kernel/event.ts';
import type { MessageSent } from './events.ts';
import type { MessagePreview, MessageView } from './views.ts';

type Sent = MessageSent & Pick<EventEnvelope, 'seq' | 'actorId' | 'at'>;

/** A message as it was sent: what its readers see before anything is done to it. */
export function sentMessageView(event: Sent): MessageView {
  const preview = sentMessagePreview(event);
  return { ...preview, reactions: [], isPinned: false, changedSeq: preview.seq };
}

export function sentMessagePreview({ data, seq = 0, actorId, at }: Sent): MessagePreview {
  const { messageId, conversationId, clientMessageId, content, replyTo, forwardedFrom, mentions } = data;
  return {
    messageId,
    conversationId,
    seq,
    senderId: actorId,
    clientMessageId,
    content,
    sentAt: at,
    replyTo: replyTo ?? null,
    forwardedFrom: forwardedFrom ?? null,
    mentions: mentions ?? [],
    isEdited: false,
    editedAt: null,
    deletedAt: null,
    deletedBy: null,
  };
}
