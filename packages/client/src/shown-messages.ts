import {
  isSystemMessage,
  type MessageView,
  previewText,
  type Quote,
  QUOTE_LENGTH_MAX,
  wordsOf,
} from '@parley/contracts';

import type { ApiError } from './api-error.ts';
import type { ChatMessage, MessageStatus } from './chat-message.ts';
import type { ConversationView } from './conversation-view.ts';
import type { OutboxItem } from './outbox-storage.ts';
import type { OutboxChange } from './outbox.ts';

interface Pending {
  readonly item: OutboxItem;
  /** How far the conversation was known when the item was handed in: what is stored of it has a later number. */
  readonly after: number;
  readonly error?: ApiError;
}

/** The messages of one conversation as a screen shows them: what is stored, and what is on its way from here. */
export class ShownMessages {
  readonly #myId: string;
  readonly #pending = new Map<string, Pending>();
  readonly #shown = new WeakMap<MessageView, ChatMessage>();

  constructor(myId: string) {
    this.#myId = myId;
  }

  takeOutbox(change: OutboxChange, cursor: number): void {
    const { item, state } = change;
    const after = this.#pending.get(item.localId)?.after ?? cursor;
    if (state === 'sending') this.#pending.set(item.localId, { item, after });
    else if (state === 'failed') this.#pending.set(item.localId, { item, after, error: change.error });
    else this.#pending.delete(item.localId);
    if (state === 'sent' && item.forwardOf !== undefined) this.#forwarded(change.sent.message);
  }

  /** In the order of the conversation, then what is stored but stands above a hole, then what is on its way. */
  list(view: ConversationView, tickOf: (seq: number) => MessageStatus): readonly ChatMessage[] {
    const ownHeld = view.heldMessages.filter(({ senderId }) => senderId === this.#myId);
    const stored = [...view.messages, ...ownHeld];
    const shown = stored.map((message) => this.show(message, tickOf(message.seq)));
    if (this.#pending.size === 0) return shown;
    const here = new Set(stored.map(({ clientMessageId }) => String(clientMessageId)));
    const waiting = [...this.#pending.values()].filter(
      (pending) => !here.has(pending.item.clientMessageId) && !this.#isForwarded(pending, stored),
    );
    return [...shown, ...waiting.map((pending) => this.#showPending(pending, stored))];
  }

  /** The server makes the id of a forward, so one that is heard of before its answer is known by its origin. */
  #isForwarded({ item, after, error }: Pending, stored: readonly MessageView[]): boolean {
    if (item.forwardOf === undefined || error !== undefined) return false;
    const { originId } = item.forwardOf;
    return stored.some(
      ({ seq, senderId, forwardedFrom }) =>
        seq > after && senderId === this.#myId && forwardedFrom?.messageId === originId,
    );
  }

  /** A second forward of the same message is another one. */
  #forwarded({ seq, forwardedFrom }: MessageView): void {
    for (const [localId, pending] of this.#pending) {
      if (pending.item.forwardOf?.originId !== forwardedFrom?.messageId) continue;
      this.#pending.set(localId, { ...pending, after: Math.max(pending.after, seq) });
    }
  }

  /** The same object as long as nothing about it changes. */
  show(message: MessageView, tick: MessageStatus): ChatMessage {
    // Who did what a line tells of has not said it.
    const isOwn = message.senderId === this.#myId && !isSystemMessage(message);
    const status = isOwn ? tick : 'received';
    const before = this.#shown.get(message);
    if (before?.status === status) return before;
    const { conversationId, messageId, senderId, sentAt, seq, clientMessageId, content } = message;
    const { isEdited, deletedAt, reactions, isPinned, replyTo, forwardedFrom } = message;
    const shown: ChatMessage = {
      key: clientMessageId,
      conversationId,
      senderId,
      isOwn,
      text: previewText(content),
      content,
      sentAt,
      status,
      isEdited,
      isDeleted: deletedAt !== null,
      reactions,
      isPinned,
      ...(replyTo ? { replyTo } : {}),
      ...(forwardedFrom ? { forwardedFrom } : {}),
      seq,
      messageId,
    };
    this.#shown.set(message, shown);
    return shown;
  }

  #showPending({ item, error }: Pending, stored: readonly MessageView[]): ChatMessage {
    const answered = stored.find(({ messageId }) => messageId === item.replyToId);
    return {
      key: item.clientMessageId,
      conversationId: item.conversationId,
      senderId: this.#myId,
      isOwn: true,
      text: previewText(item.content),
      content: item.content,
      sentAt: item.createdAt,
      status: error === undefined ? 'sending' : 'failed',
      isEdited: false,
      isDeleted: false,
      reactions: [],
      isPinned: false,
      ...(answered === undefined ? {} : { replyTo: quoteOf(answered) }),
      ...(error === undefined ? {} : { error }),
    };
  }
}

/** What the server will quote, as far as it is known here. */
function quoteOf({ messageId, seq, senderId, content }: MessageView): Quote {
  const text = wordsOf(content).slice(0, QUOTE_LENGTH_MAX);
  return { messageId, seq, senderId, preview: content && { type: content.type, text } };
}
