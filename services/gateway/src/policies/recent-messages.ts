import type { ConversationId, MessageId, UserId } from '@parley/contracts';

/** For a few minutes of a busy gateway. */
const MESSAGE_COUNT_MAX = 20_000;

/**
 * In which conversation the latest messages are: whoever acts on one names it by its id alone, often before the read
 * model has it, and also while that is away. Only who is there is told: to others it takes as long as where there is
 * nothing.
 */
export class RecentMessages {
  readonly #isMember: (conversationId: ConversationId, userId: UserId) => boolean;
  readonly #conversations = new Map<MessageId, ConversationId>();

  constructor(isMember: (conversationId: ConversationId, userId: UserId) => boolean) {
    this.#isMember = isMember;
  }

  note(messageId: MessageId, conversationId: ConversationId): void {
    this.#conversations.set(messageId, conversationId);
    if (this.#conversations.size <= MESSAGE_COUNT_MAX) return;
    const oldest = this.#conversations.keys().next();
    if (!oldest.done) this.#conversations.delete(oldest.value);
  }

  conversationOf(messageId: MessageId, userId: UserId): ConversationId | undefined {
    const conversationId = this.#conversations.get(messageId);
    return conversationId && this.#isMember(conversationId, userId) ? conversationId : undefined;
  }
}
