import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const WINDOW_SECONDS = 15 * 60;
const GUESSES_PER_PERSON_MAX = 20;
const GUESSES_PER_ADDRESS_MAX = 200;

/** How often codes may be guessed wrong, by one person and from one address. Counted by each gateway for itself. */
export class GuessLimit {
  readonly #people = new RateLimiterMemory({ points: GUESSES_PER_PERSON_MAX, duration: WINDOW_SECONDS });
  readonly #addresses = new RateLimiterMemory({ points: GUESSES_PER_ADDRESS_MAX, duration: WINDOW_SECONDS });

  /** Counts a guess before it is tried, so that many at once are as many; answers 0, or how long to wait. */
  async take(userId: string, address: string): Promise<number> {
    try {
      await this.#people.consume(userId);
      await this.#addresses.consume(address);
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext;
      throw refusal;
    }
  }

  /** It was no wrong guess. */
  async giveBack(userId: string, address: string): Promise<void> {
    await Promise.all([this.#people.reward(userId), this.#addresses.reward(address)]);
  }
}
