import { type MessageView, previewText } from '@parley/contracts';

import type { ApiError } from './api-error.ts';
import type { ChatMessage, MessageStatus } from './chat-message.ts';
import type { ConversationView } from './conversation-view.ts';
import type { OutboxItem } from './outbox-storage.ts';
import type { OutboxChange } from './outbox.ts';

interface Pending {
  readonly item: OutboxItem;
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

  takeOutbox(change: OutboxChange): void {
    const { item, state } = change;
    if (state === 'sending') this.#pending.set(item.localId, { item });
    else if (state === 'failed') this.#pending.set(item.localId, { item, error: change.error });
    else this.#pending.delete(item.localId);
  }

  /** In the order of the conversation, then what is stored but stands above a hole, then what is on its way. */
  list(view: ConversationView, tickOf: (seq: number) => MessageStatus): readonly ChatMessage[] {
    const ownHeld = view.heldMessages.filter(({ senderId }) => senderId === this.#myId);
    const stored = [...view.messages, ...ownHeld];
    const shown = stored.map((message) => this.#show(message, tickOf(message.seq)));
    if (this.#pending.size === 0) return shown;
    const here = new Set(stored.map(({ clientMessageId }) => String(clientMessageId)));
    const waiting = [...this.#pending.values()].filter(({ item }) => !here.has(item.clientMessageId));
    return [...shown, ...waiting.map((pending) => this.#showPending(pending))];
  }

  #show(message: MessageView, tick: MessageStatus): ChatMessage {
    const isOwn = message.senderId === this.#myId;
    const status = isOwn ? tick : 'received';
    const before = this.#shown.get(message);
    if (before?.status === status) return before;
    const { conversationId, messageId, senderId, sentAt, seq, clientMessageId, content } = message;
    const { isEdited, deletedAt, reactions, isPinned } = message;
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
      seq,
      messageId,
    };
    this.#shown.set(message, shown);
    return shown;
  }

  #showPending({ item, error }: Pending): ChatMessage {
    return {
      key: item.clientMessageId,
      conversationId: item.conversationId,
      senderId: this.#myId,
      isOwn: true,
      text: item.content,
      content: { type: 'text', text: item.content },
      sentAt: item.createdAt,
      status: error === undefined ? 'sending' : 'failed',
      isEdited: false,
      isDeleted: false,
      reactions: [],
      isPinned: false,
      ...(error === undefined ? {} : { error }),
    };
  }
}
