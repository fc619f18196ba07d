import type { Tenant, UserId } from '@parley/contracts';
import type { Redis } from '@parley/service-kit/shared-limit';

import { addressGroup } from './address-group.ts';
import { MEMORY_MS, OUT_MS_MAX, OUT_MS_MIN, SharedPlaces } from './shared-places.ts';

/** A full house is asked again after this. */
const FULL_RETRY_MS = 10_000;
/** How many people who were sent out this gateway remembers by itself. */
const OUT_COUNT_MAX = 10_000;

export interface PlaceLimits {
  readonly socketsPerPerson: number;
  readonly socketsPerAddress: number;
}

/** A place for one socket; given back once the socket is gone, and any number of times. */
export type Place = () => void;

interface Out {
  readonly times: number;
  readonly untilMs: number;
}

/**
 * Who may open one socket more: so many per person and per address over all gateways, and nobody who was cut off for
 * flooding a while ago. A place is taken before anything is awaited, so a burst takes no more places than there are;
 * while Redis is away each gateway counts for itself.
 */
export class SocketPlaces {
  readonly #limits: PlaceLimits;
  readonly #counts = new Map<string, number>();
  readonly #out = new Map<string, Out>();
  readonly #shared: SharedPlaces;

  constructor(
    redis: Redis,
    options: { readonly tenant: Tenant; readonly instance: string; readonly limits: PlaceLimits },
  ) {
    const { tenant, instance, limits } = options;
    this.#limits = limits;
    this.#shared = new SharedPlaces(redis, {
      tenant,
      instance,
      ownCounts: () => this.#counts,
      countOf: (key) => this.#counts.get(key) ?? 0,
    });
  }

  /** A place, or after how many ms to try again. */
  async take(userId: UserId, from: string): Promise<Place | number> {
    const person = userId as string;
    const address = `from ${addressGroup(from)}`;
    const outMs = (this.#out.get(person)?.untilMs ?? 0) - Date.now();
    if (outMs > 0) return outMs;

    const { socketsPerPerson, socketsPerAddress } = this.#limits;
    const personCount = this.#change(person, 1);
    const addressCount = this.#change(address, 1);
    const isFull = personCount > socketsPerPerson || addressCount > socketsPerAddress;
    const answer = isFull
      ? 'full'
      : await this.#shared.take(
          { key: person, ownCount: personCount, countMax: socketsPerPerson },
          { key: address, ownCount: addressCount, countMax: socketsPerAddress },
        );
    let isBack = false;
    const giveBack = () => {
      if (isBack) return;
      isBack = true;
      this.#change(person, -1);
      this.#change(address, -1);
      this.#shared.say(person);
      this.#shared.say(address);
    };
    if (answer === undefined || answer === 'taken') return giveBack;
    giveBack();
    return answer === 'full' ? FULL_RETRY_MS : answer;
  }

  /** Somebody floods: for a while they get no socket, for longer each time. Answers for how many ms. */
  async sendOut(userId: UserId): Promise<number> {
    const before = this.#out.get(userId);
    const isOld = before === undefined || before.untilMs + MEMORY_MS < Date.now();
    const times = isOld ? 1 : before.times + 1;
    const ownMs = Math.min(OUT_MS_MIN * 2 ** (times - 1), OUT_MS_MAX);
    this.#remember(userId, { times, untilMs: Date.now() + ownMs });
    const outMs = await this.#shared.sendOut(userId);
    if (outMs === undefined) return ownMs;
    this.#remember(userId, { times, untilMs: Date.now() + outMs });
    return outMs;
  }

  async stop(): Promise<void> {
    await this.#shared.stop();
  }

  #remember(userId: UserId, out: Out): void {
    this.#out.delete(userId);
    this.#out.set(userId, out);
    const [oldest] = this.#out.keys();
    if (this.#out.size > OUT_COUNT_MAX && oldest !== undefined) this.#out.delete(oldest);
  }

  #change(key: string, by: 1 | -1): number {
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count <= 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
    return count;
  }
}
