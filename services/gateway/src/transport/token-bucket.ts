/** A budget that refills steadily: `burst` at once, `perSecond` in the long run. No timer, no allocation per use. */
export class TokenBucket {
  readonly burst: number;
  readonly perSecond: number;
  #tokens: number;
  #refilledAtMs = performance.now();

  constructor(burst: number, perSecond: number) {
    this.burst = burst;
    this.perSecond = perSecond;
    this.#tokens = burst;
  }

  /** Takes one; answers 0, or how many ms to wait for the next. */
  take(): number {
    const nowMs = performance.now();
    this.#tokens = Math.min(
      this.burst,
      this.#tokens + ((nowMs - this.#refilledAtMs) / 1_000) * this.perSecond,
    );
    this.#refilledAtMs = nowMs;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / this.perSecond) * 1_000);
    this.#tokens -= 1;
    return 0;
  }
}
