import type { ConversationId, MessageId } from '@parley/contracts';

/** For a few minutes of a busy gateway. */
const MESSAGE_COUNT_MAX = 20_000;

/**
 * In which conversation the latest messages are: whoever acts on one names it by its id alone, often before the read
 * model has it, and also while that is away.
 */
export class RecentMessages {
  readonly #conversations = new Map<MessageId, ConversationId>();

  note(messageId: MessageId, conversationId: ConversationId): void {
    this.#conversations.set(messageId, conversationId);
    if (this.#conversations.size <= MESSAGE_COUNT_MAX) return;
    const oldest = this.#conversations.keys().next();
    if (!oldest.done) this.#conversations.delete(oldest.value);
  }

  conversationOf(messageId: MessageId): ConversationId | undefined {
    return this.#conversations.get(messageId);
  }
}
