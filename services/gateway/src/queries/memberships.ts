import {
  type ConversationId,
  listMemberships,
  listMembershipsOf,
  MEMBERSHIP_PEOPLE_COUNT_MAX,
  type UserId,
} from '@parley/contracts';

import { askCurrent } from './ask-current.ts';
import type { QueryBus } from './query-bus.ts';

export interface ListedMemberships {
  readonly conversationIds: ReadonlySet<ConversationId>;
  /** Whether everything is in it that was stored when it was asked for; else the last moments may be missing. */
  readonly isCurrent: boolean;
}

type Listed = ListedMemberships | undefined;
type Answer = (listed: Listed | Promise<Listed>) => void;

/**
 * Which conversations people are in, by the read model. Who is asked for in one tick is asked for together, so that a
 * storm of connects asks a few large questions instead of very many small ones.
 */
export class Memberships {
  readonly #queries: QueryBus;
  readonly #endOfLog: () => Promise<number>;
  #waiting = new Map<UserId, Answer[]>();

  /** `endOfLog`: the last position of the log of conversations. */
  constructor(queries: QueryBus, endOfLog: () => Promise<number>) {
    this.#queries = queries;
    this.#endOfLog = endOfLog;
  }

  /** The conversations, or undefined while nobody can tell. */
  listOf(userId: UserId): Promise<Listed> {
    return new Promise((resolve) => {
      if (this.#waiting.size === 0) setImmediate(() => this.#askForAll());
      const answers = this.#waiting.get(userId);
      if (answers === undefined) this.#waiting.set(userId, [resolve]);
      else answers.push(resolve);
    });
  }

  #askForAll(): void {
    const waiting = [...this.#waiting];
    this.#waiting = new Map();
    for (let start = 0; start < waiting.length; start += MEMBERSHIP_PEOPLE_COUNT_MAX) {
      void this.#askFor(waiting.slice(start, start + MEMBERSHIP_PEOPLE_COUNT_MAX));
    }
  }

  async #askFor(people: readonly (readonly [UserId, readonly Answer[]])[]): Promise<void> {
    const userIds = people.map(([userId]) => userId);
    const { outcome, isCurrent } = await askCurrent(
      listMembershipsOf,
      { userIds },
      { queries: this.#queries, log: 'conv', endOfLog: this.#endOfLog, correlationId: 'memberships' },
    );
    const found =
      outcome.kind === 'ok' ? new Map(outcome.answer.people.map((one) => [one.userId, one])) : undefined;
    for (const [userId, answers] of people) {
      const one = found?.get(userId);
      // The few who are in very many are asked for by themselves, page by page.
      const listed = one?.hasMore
        ? this.#listAll(userId, isCurrent)
        : one && { conversationIds: new Set(one.conversationIds), isCurrent };
      for (const answer of answers) answer(listed);
    }
  }

  async #listAll(userId: UserId, isCurrent: boolean): Promise<Listed> {
    const listed = new Set<ConversationId>();
    let after: ConversationId | undefined;
    do {
      const asked = after === undefined ? { userId } : { userId, after };
      const asking = { actorId: userId, correlationId: 'memberships' };
      const outcome = await this.#queries.ask(listMemberships, asked, asking);
      if (outcome.kind !== 'ok') return undefined;
      for (const { conversationId } of outcome.answer.memberships) listed.add(conversationId);
      after = outcome.answer.hasMore ? outcome.answer.memberships.at(-1)?.conversationId : undefined;
    } while (after !== undefined);
    return { conversationIds: listed, isCurrent };
  }
}
