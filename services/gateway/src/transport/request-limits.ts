import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import { addressGroup } from './address-group.ts';

const WINDOW_SECONDS = 10;

/** Who is counted: the person who is signed in, and wherever the request came from. */
export type Counted = 'person' | 'address';

export interface RequestCounts {
  readonly requestsPerPerson: number;
  readonly requestsPerAddress: number;
}

/** What is left of a limit after a request; `retryAfterMs` is there where nothing was. */
export interface Left {
  readonly retryAfterMs: number | undefined;
  /** As the header `RateLimit` says it. */
  readonly said: string;
}

/**
 * How many requests one person and one address may make in ten seconds. Each gateway counts for itself: this keeps
 * one gateway from being overrun, and a question to another server before each request would cost more than that.
 */
export class RequestLimits {
  /** As the header `RateLimit-Policy` says it. */
  readonly policy: string;
  readonly #limiters: { readonly [C in Counted]: RateLimiterMemory };

  constructor({ requestsPerPerson, requestsPerAddress }: RequestCounts) {
    this.policy = `"person";q=${requestsPerPerson};w=${WINDOW_SECONDS}, "address";q=${requestsPerAddress};w=${WINDOW_SECONDS}`;
    this.#limiters = {
      person: new RateLimiterMemory({ points: requestsPerPerson, duration: WINDOW_SECONDS }),
      address: new RateLimiterMemory({ points: requestsPerAddress, duration: WINDOW_SECONDS }),
    };
  }

  async take(counted: Counted, whose: string): Promise<Left> {
    const { remainingPoints, msBeforeNext, isRefused } = await this.#count(
      counted,
      counted === 'address' ? addressGroup(whose) : whose,
    );
    const seconds = Math.ceil(msBeforeNext / 1_000);
    return {
      retryAfterMs: isRefused ? msBeforeNext : undefined,
      said: `"${counted}";r=${remainingPoints};t=${seconds}`,
    };
  }

  async #count(counted: Counted, whose: string) {
    try {
      const { remainingPoints, msBeforeNext } = await this.#limiters[counted].consume(whose);
      return { remainingPoints, msBeforeNext, isRefused: false };
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      return { remainingPoints: 0, msBeforeNext: error.msBeforeNext, isRefused: true };
    }
  }
}
