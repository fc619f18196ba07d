import type { PersonView } from '@parley/contracts';

import type { Api } from './api.ts';

/** How many people are remembered by name. */
export const PEOPLE_COUNT_MAX = 10_000;

/** Names for ids: learnt from every answer that carries them, and asked for one by one when missing. */
export class People {
  readonly #api: Api;
  readonly #onLearnt: () => void;
  readonly #known = new Map<string, PersonView>();
  readonly #asked = new Map<string, Promise<void>>();

  constructor(api: Api, onLearnt: () => void) {
    this.#api = api;
    this.#onLearnt = onLearnt;
  }

  get(userId: string): PersonView | undefined {
    return this.#known.get(userId);
  }

  learn(people: Iterable<PersonView>): void {
    for (const { userId, username, displayName } of people) {
      this.#known.delete(userId);
      this.#known.set(userId, { userId, username, displayName });
    }
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= PEOPLE_COUNT_MAX) break;
      this.#known.delete(oldest);
    }
  }

  /** Asks for the ones without a name, once each; whoever shows them hears of it when they are there. */
  want(userIds: Iterable<string>): void {
    for (const userId of userIds) {
      if (this.#known.has(userId) || this.#asked.has(userId)) continue;
      this.#asked.set(userId, this.#ask(userId));
    }
  }

  /** When all of these have a name, or it is clear that one cannot be had now. */
  async named(userIds: readonly string[]): Promise<void> {
    this.want(userIds);
    await Promise.all(userIds.flatMap((userId) => this.#asked.get(userId) ?? []));
  }

  async #ask(userId: string): Promise<void> {
    try {
      this.learn([await this.#api.call('getPerson', { params: { id: userId } })]);
      this.#onLearnt();
    } catch {
      // Whoever shows it next asks again.
    } finally {
      this.#asked.delete(userId);
    }
  }
}
