/** A process that stood still for so long may have been frozen, and others may have acted meanwhile. */
const STANDSTILL_MS = 3_000;

/**
 * Whether this process has gone on all the time. One that wakes finds what came in meanwhile before any of its timers
 * runs, so whoever takes something in or writes something out asks here first.
 */
export class Pulse {
  readonly #nowMs: () => number;
  #beatAtMs: number;
  #isWaking = false;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#beatAtMs = nowMs();
  }

  /** Whether nothing can have been missed by standing still. */
  get isSteady(): boolean {
    return !this.#isWaking && this.#nowMs() - this.#beatAtMs < STANDSTILL_MS;
  }

  /** To be called at least every second. Answers for how many ms the process stood still; 0 where it has not. */
  beat(): number {
    const nowMs = this.#nowMs();
    const stoodStillMs = nowMs - this.#beatAtMs;
    this.#beatAtMs = nowMs;
    if (stoodStillMs < STANDSTILL_MS) return 0;
    this.#isWaking = true;
    return stoodStillMs;
  }

  /** Everything that happened meanwhile is known. */
  awake(): void {
    this.#isWaking = false;
  }
}
