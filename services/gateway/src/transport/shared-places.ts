import { createHash } from 'node:crypto';

import type { Tenant } from '@parley/contracts';
import type { Redis } from '@parley/service-kit/shared-limit';

/** A gateway that says nothing for so long is dead, and its sockets count no more. */
const ALIVE_MS = 20_000;
const ALIVE_EVERY_MS = 5_000;
/** What nobody renews goes by itself; every gateway says all of its counts anew more often than that. */
const COUNT_LIFE_MS = 30 * 60_000;
const SAY_ALL_EVERY_MS = 10 * 60_000;
/** So much of a hash that two people share no count, and short in Redis. */
const KEY_LENGTH = 22;

/** The first time for so long, each further time within {@link MEMORY_MS} for twice as long. */
export const OUT_MS_MIN = 10_000;
export const OUT_MS_MAX = 15 * 60_000;
export const MEMORY_MS = 15 * 60_000;

/** Takes a place for a person at an address, where all gateways together have one. */
const TAKE = `
local out = redis.call('PTTL', KEYS[3])
if out > 0 then return out end
local function elsewhere(key)
  local total = 0
  local counts = redis.call('HGETALL', key)
  for i = 1, #counts, 2 do
    if counts[i] ~= ARGV[1] then
      if redis.call('EXISTS', ARGV[2] .. counts[i]) == 1 then total = total + tonumber(counts[i + 1])
      else redis.call('HDEL', key, counts[i]) end
    end
  end
  return total
end
for i = 1, 2 do
  if elsewhere(KEYS[i]) + tonumber(ARGV[2 + i]) > tonumber(ARGV[4 + i]) then return -1 end
end
for i = 1, 2 do
  redis.call('HSET', KEYS[i], ARGV[1], ARGV[2 + i])
  redis.call('PEXPIRE', KEYS[i], ARGV[7])
end
return 0`;

/** Sends a person out for a while, longer each time. */
const SEND_OUT = `
local times = redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
local out = math.min(tonumber(ARGV[2]) * 2 ^ (times - 1), tonumber(ARGV[3]))
redis.call('SET', KEYS[2], '1', 'PX', math.floor(out))
return math.floor(out)`;

/** Whose sockets are counted, with how many this gateway has of them, the one that asks included. */
export interface Wanted {
  readonly key: string;
  readonly ownCount: number;
  readonly countMax: number;
}

/**
 * How many sockets people and addresses have on all gateways together, in Redis. Each gateway says its own counts as
 * they are, not how they changed, so that nothing drifts: what was lost is put right by the next word.
 */
export class SharedPlaces {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #instance: string;
  readonly #ownCounts: () => Iterable<readonly [key: string, count: number]>;
  readonly #countOf: (key: string) => number;
  readonly #changed = new Set<string>();
  readonly #beat: NodeJS.Timeout;
  #saysChanges = false;
  #isThere = false;
  #saidAllAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    redis: Redis,
    parts: {
      readonly tenant: Tenant;
      readonly instance: string;
      readonly ownCounts: () => Iterable<readonly [key: string, count: number]>;
      readonly countOf: (key: string) => number;
    },
  ) {
    this.#redis = redis;
    this.#prefix = `gateway:${parts.tenant}:`;
    this.#instance = parts.instance;
    this.#ownCounts = parts.ownCounts;
    this.#countOf = parts.countOf;
    this.#beat = setInterval(() => void this.#sayAlive(), ALIVE_EVERY_MS);
    void this.#sayAlive();
  }

  /**
   * Takes a place. Answers `taken`, `full`, for how many ms the person is out, or undefined while Redis is away: then
   * what this gateway counts itself is all there is.
   */
  async take(person: Wanted, address: Wanted): Promise<'taken' | 'full' | number | undefined> {
    const answer = await this.#try(() =>
      this.#redis.eval(
        TAKE,
        3,
        this.#key('sockets', person.key),
        this.#key('sockets', address.key),
        this.#key('out', person.key),
        this.#instance,
        `${this.#prefix}alive:`,
        person.ownCount,
        address.ownCount,
        person.countMax,
        address.countMax,
        COUNT_LIFE_MS,
      ),
    );
    if (typeof answer !== 'number') return undefined;
    if (answer > 0) return answer;
    return answer === 0 ? 'taken' : 'full';
  }

  /** Says how many there are now; many words of one tick leave together. */
  say(key: string): void {
    this.#changed.add(key);
    if (this.#saysChanges) return;
    this.#saysChanges = true;
    setImmediate(() => {
      this.#saysChanges = false;
      const keys = [...this.#changed];
      this.#changed.clear();
      void this.#sayCounts(keys);
    });
  }

  /** Sends somebody out on all gateways. Answers for how many ms, or undefined while Redis is away. */
  async sendOut(person: string): Promise<number | undefined> {
    const [times, out] = [this.#key('cut', person), this.#key('out', person)];
    const answer = await this.#try(() =>
      this.#redis.eval(SEND_OUT, 2, times, out, MEMORY_MS, OUT_MS_MIN, OUT_MS_MAX),
    );
    return typeof answer === 'number' ? answer : undefined;
  }

  async stop(): Promise<void> {
    clearInterval(this.#beat);
    await this.#try(() => this.#redis.del(this.#aliveKey));
  }

  get #aliveKey(): string {
    return `${this.#prefix}alive:${this.#instance}`;
  }

  async #sayAlive(): Promise<void> {
    const wasThere = this.#isThere;
    let before: string | null;
    try {
      before = await this.#redis.set(this.#aliveKey, '1', 'PX', ALIVE_MS, 'GET');
    } catch {
      this.#isThere = false;
      return;
    }
    this.#isThere = true;
    const isDue = performance.now() - this.#saidAllAtMs > SAY_ALL_EVERY_MS;
    // A Redis that does not know this gateway has forgotten the counts as well.
    if (wasThere && before !== null && !isDue) return;
    this.#saidAllAtMs = performance.now();
    await this.#sayCounts([...this.#ownCounts()].map(([key]) => key));
  }

  async #sayCounts(keys: readonly string[]): Promise<void> {
    await this.#try(async () => {
      const pipeline = this.#redis.pipeline();
      for (const key of keys) {
        const counted = this.#key('sockets', key);
        const count = this.#countOf(key);
        if (count === 0) pipeline.hdel(counted, this.#instance);
        else pipeline.hset(counted, this.#instance, count).pexpire(counted, COUNT_LIFE_MS);
      }
      await pipeline.exec();
    });
  }

  /** While it was found away it is not asked again before the next beat: nobody waits for it twice. */
  async #try<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
    if (!this.#isThere) return undefined;
    try {
      return await ask();
    } catch {
      this.#isThere = false;
      return undefined;
    }
  }

  /** Hashed: an address is nobody's to read in Redis, and no text of a proxy's makes a key of its own kind. */
  #key(kind: 'sockets' | 'out' | 'cut', whose: string): string {
    return `${this.#prefix}${kind}:${createHash('sha256').update(whose).digest('base64url').slice(0, KEY_LENGTH)}`;
  }
}
