import { createHash } from 'node:crypto';

import type { Tenant } from '@parley/contracts';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

const WINDOW_SECONDS = 15 * 60;

export interface ThrottleLimits {
  readonly triesPerAccountMax: number;
  readonly triesPerAddressMax: number;
  readonly accountsPerAddressMax: number;
}

type Allowance =
  | { readonly allowed: true; readonly tries: number }
  | { readonly allowed: false; readonly retryAfterMs: number };

/**
 * How often an address may try, and try one account. Counted in Redis over all instances; while Redis is away
 * each process counts for itself, so nobody is locked out and nobody gets to try without end.
 */
export class SignInThrottle {
  readonly #account: RateLimiterRedis;
  readonly #address: RateLimiterRedis;
  readonly #registration: RateLimiterRedis;

  constructor(redis: Redis, tenant: Tenant, limits: ThrottleLimits) {
    const limiter = (name: string, points: number) => {
      const counted = { keyPrefix: `identity:${tenant}:${name}`, points, duration: WINDOW_SECONDS };
      return new RateLimiterRedis({
        ...counted,
        storeClient: redis,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory(counted),
      });
    };
    this.#account = limiter('account', limits.triesPerAccountMax);
    this.#address = limiter('address', limits.triesPerAddressMax);
    this.#registration = limiter('registration', limits.accountsPerAddressMax);
  }

  async trySignIn(username: string, address: string): Promise<Allowance> {
    const byAccount = await consume(this.#account, accountKey(username, address));
    return byAccount.allowed ? consume(this.#address, key(address)) : byAccount;
  }

  async signedIn(username: string, address: string): Promise<void> {
    await Promise.all([
      this.#account.delete(accountKey(username, address)),
      this.#address.reward(key(address)),
    ]);
  }

  async tryRegister(address: string): Promise<Allowance> {
    return consume(this.#registration, key(address));
  }
}

async function consume(limiter: RateLimiterRedis, of: string): Promise<Allowance> {
  try {
    const { consumedPoints } = await limiter.consume(of);
    return { allowed: true, tries: consumedPoints };
  } catch (error) {
    if (error instanceof RateLimiterRes) return { allowed: false, retryAfterMs: error.msBeforeNext };
    throw error;
  }
}

function accountKey(username: string, address: string): string {
  return key(`${username}\n${address}`);
}

/** Hashed: whatever somebody typed as a name or a proxy sent as an address is a short key, and no list of people. */
function key(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
