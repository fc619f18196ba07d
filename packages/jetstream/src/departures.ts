/** What leaves next waits for the answers to what has left, but no longer than this. */
const GATHER_MS_MAX = 25;
/** An answer that takes longer has waited somewhere: what is sent on its heels only waits there as well. */
const CONGESTED_MS = 8;
/** The time that answers take is an average in which each new one counts so much. */
const NEWEST_SHARE = 1 / 8;

/**
 * When records leave: those of all partitions together. Each of them wakes the broker, the service and the disk, so
 * where answers take long, what comes meanwhile gathers until they are there. Otherwise a record leaves at once.
 */
export class Departures {
  readonly #soon: () => Promise<void>;
  #outCount = 0;
  #answerMs = 0;
  #next: Promise<void> | undefined;
  #letGo: (() => void) | undefined;

  /** `soon` resolves when the process is done with what it is at: what comes until then leaves together. */
  constructor(soon: () => Promise<void>) {
    this.#soon = soon;
  }

  /**
   * Resolves when a record may leave. It is out until the function is called that this resolves to: once, when the
   * record has been answered or is not waited for any longer.
   */
  async leave(): Promise<() => void> {
    this.#next ??= this.#prepare();
    await this.#next;
    this.#outCount += 1;
    const leftAtMs = performance.now();
    return () => this.#land(performance.now() - leftAtMs);
  }

  #land(tookMs: number): void {
    this.#answerMs += NEWEST_SHARE * (tookMs - this.#answerMs);
    this.#outCount -= 1;
    if (this.#outCount === 0) this.#letGo?.();
  }

  async #prepare(): Promise<void> {
    if (this.#outCount > 0 && this.#answerMs > CONGESTED_MS) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, GATHER_MS_MAX);
        this.#letGo = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#letGo = undefined;
    }
    await this.#soon();
    this.#next = undefined;
  }
}
