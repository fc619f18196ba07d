import type { ConversationId, MembershipEvent, UserId } from '@parley/contracts';

interface Known {
  readonly ids: Set<ConversationId>;
  /** Who was let out while the list was being looked up: it may still have them in. */
  readonly ended: Set<ConversationId>;
  readonly looking: Promise<void>;
}

/**
 * Which conversations the people are in who are followed here: looked up once, then kept by what is heard. So one who
 * comes back is let in without a question to anybody. A right is checked where the conversation is joined; here may be
 * one too many, never one too few.
 */
export class KnownConversations {
  readonly #lookUp: (userId: UserId) => Promise<ReadonlySet<ConversationId>>;
  readonly #people = new Map<UserId, Known>();

  constructor(lookUp: (userId: UserId) => Promise<ReadonlySet<ConversationId>>) {
    this.#lookUp = lookUp;
  }

  /** To be asked for a person who is followed already: what is granted from before on is heard. */
  async of(userId: UserId): Promise<ReadonlySet<ConversationId>> {
    const known = this.#people.get(userId) ?? this.#begin(userId);
    await known.looking;
    return known.ids;
  }

  hear(userId: UserId, { type, data }: MembershipEvent): void {
    const known = this.#people.get(userId);
    if (type === 'conversation.membership-granted') {
      known?.ids.add(data.conversationId);
      known?.ended.delete(data.conversationId);
    } else {
      known?.ids.delete(data.conversationId);
      known?.ended.add(data.conversationId);
    }
  }

  /** The person is followed no more, or something may have been missed. */
  forget(userId: UserId): void {
    this.#people.delete(userId);
  }

  #begin(userId: UserId): Known {
    const ids = new Set<ConversationId>();
    const ended = new Set<ConversationId>();
    const known = { ids, ended, looking: this.#fill(userId, { ids, ended }) };
    this.#people.set(userId, known);
    known.looking.catch(() => {
      if (this.#people.get(userId) === known) this.#people.delete(userId);
    });
    return known;
  }

  async #fill(userId: UserId, { ids, ended }: Pick<Known, 'ids' | 'ended'>): Promise<void> {
    for (const id of await this.#lookUp(userId)) if (!ended.has(id)) ids.add(id);
    ended.clear();
  }
}
