import { createHash } from 'node:crypto';

import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

export type { Redis };

const REDIS_TIMEOUT_MS = 500;
const REDIS_RETRY_MS_MAX = 2_000;
/** Of 256 bits: enough that two people share no count, and short in Redis. */
const KEY_LENGTH = 22;

/** Nothing that must not vanish is in it: who asks while it is away is told so at once, and does without. */
export function connectRedis(url: string): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: REDIS_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(REDIS_RETRY_MS_MAX, attempt * 100),
  });
  // Its state is in every health answer; without a listener its errors would end the process.
  redis.on('error', () => undefined);
  return redis;
}

export type Allowance =
  | { readonly allowed: true; readonly tries: number }
  | { readonly allowed: false; readonly retryAfterMs: number };

/**
 * How often something may be tried in a while. Counted in Redis over all instances; while Redis is away each process
 * counts for itself, so nobody is locked out and nobody gets to try without end.
 */
export class SharedLimit {
  readonly #limiter: RateLimiterRedis;

  constructor(
    redis: Redis,
    limit: { readonly name: string; readonly triesMax: number; readonly windowSeconds: number },
  ) {
    const counted = { keyPrefix: limit.name, points: limit.triesMax, duration: limit.windowSeconds };
    this.#limiter = new RateLimiterRedis({
      ...counted,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(counted),
    });
  }

  /** Counts a try before it is made, so that many at once are as many. */
  async take(whose: string): Promise<Allowance> {
    try {
      const { consumedPoints } = await this.#limiter.consume(keyOf(whose));
      return { allowed: true, tries: consumedPoints };
    } catch (error) {
      if (error instanceof RateLimiterRes) return { allowed: false, retryAfterMs: error.msBeforeNext };
      throw error;
    }
  }

  /** One try does not count after all. */
  async giveBack(whose: string): Promise<void> {
    await this.#limiter.reward(keyOf(whose));
  }

  /** None of the tries counts any more. */
  async forget(whose: string): Promise<void> {
    await this.#limiter.delete(keyOf(whose));
  }
}

/** Hashed: whatever somebody typed as a name or a proxy sent as an address is a short key, and no list of people. */
function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, KEY_LENGTH);
}
