import type { Tenant } from '@parley/contracts';
import { type Redis, SharedLimit } from '@parley/service-kit/shared-limit';

import { addressGroup } from './address-group.ts';

const WINDOW_SECONDS = 15 * 60;
const GUESSES_PER_PERSON_MAX = 20;
const GUESSES_PER_ADDRESS_MAX = 200;

/** How often codes may be guessed wrong, by one person and from one address, over all gateways. */
export class GuessLimit {
  readonly #people: SharedLimit;
  readonly #addresses: SharedLimit;

  constructor(redis: Redis, tenant: Tenant) {
    const limit = (name: string, triesMax: number) =>
      new SharedLimit(redis, { name: `gateway:${tenant}:${name}`, triesMax, windowSeconds: WINDOW_SECONDS });
    this.#people = limit('guess', GUESSES_PER_PERSON_MAX);
    this.#addresses = limit('guess-address', GUESSES_PER_ADDRESS_MAX);
  }

  /** Counts a guess before it is tried; answers 0, or how long to wait. */
  async take(userId: string, address: string): Promise<number> {
    const ofPerson = await this.#people.take(userId);
    if (!ofPerson.allowed) return ofPerson.retryAfterMs;
    const ofAddress = await this.#addresses.take(addressGroup(address));
    return ofAddress.allowed ? 0 : ofAddress.retryAfterMs;
  }

  /** It was no wrong guess. */
  async giveBack(userId: string, address: string): Promise<void> {
    await Promise.all([this.#people.giveBack(userId), this.#addresses.giveBack(addressGroup(address))]);
  }
}
