/** How long somebody may wait: less than the time after which a socket that was not let in is cut. */
const WAIT_MS_MAX = 3_000;
const WAITING_COUNT_MAX = 2_000;
/** A pass that nobody hands back, because its socket vanished in an odd way, is taken back after this. */
const PASS_MS_MAX = 15_000;
/** Spreads those who are sent away over more time than they were waiting for. */
const RETRY_SPREAD_MS = 2_000;
/** How much the last pass counts in what a pass takes on average. */
const AVERAGE_WEIGHT = 0.05;

/** Lets somebody in; called once they are done, and any number of times. */
export type GiveBack = () => void;

interface Waiting {
  readonly enter: (pass: GiveBack) => void;
  readonly refuse: (retryAfterMs: number) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Lets so many be in work at once; the others wait in line, and whom the line cannot hold or serve in time is sent away
 * with a time. So a storm of connects costs memory and delay within bounds, and those who are in are served well.
 */
export class Turnstile {
  readonly #atOnce: number;
  readonly #waitingMax: number;
  readonly #random: () => number;
  readonly #waiting = new Set<Waiting>();
  #inWork = 0;
  #averageMs = 10;

  constructor(
    atOnce: number,
    {
      waitingMax = WAITING_COUNT_MAX,
      random = Math.random,
    }: { waitingMax?: number; random?: () => number } = {},
  ) {
    this.#atOnce = atOnce;
    this.#waitingMax = waitingMax;
    this.#random = random;
  }

  get inWorkCount(): number {
    return this.#inWork;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** A pass, or after how many ms to try again. */
  async enter(): Promise<GiveBack | number> {
    if (this.#inWork < this.#atOnce) return this.#pass();
    if (this.#waiting.size >= this.#waitingMax) return this.#retryAfterMs();
    return new Promise((resolve) => {
      const waiting: Waiting = {
        enter: resolve,
        refuse: resolve,
        timer: setTimeout(() => {
          this.#waiting.delete(waiting);
          resolve(this.#retryAfterMs());
        }, WAIT_MS_MAX),
      };
      this.#waiting.add(waiting);
    });
  }

  /** Sends everybody who waits away. */
  close(): void {
    for (const waiting of this.#waiting) {
      clearTimeout(waiting.timer);
      waiting.refuse(this.#retryAfterMs());
    }
    this.#waiting.clear();
  }

  #pass(): GiveBack {
    this.#inWork += 1;
    const enteredAtMs = performance.now();
    let isBack = false;
    const giveBack = () => {
      if (isBack) return;
      isBack = true;
      clearTimeout(timer);
      this.#inWork -= 1;
      this.#averageMs += AVERAGE_WEIGHT * (performance.now() - enteredAtMs - this.#averageMs);
      this.#next();
    };
    const timer = setTimeout(giveBack, PASS_MS_MAX);
    return giveBack;
  }

  #next(): void {
    if (this.#inWork >= this.#atOnce) return;
    const [waiting] = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting.delete(waiting);
    clearTimeout(waiting.timer);
    waiting.enter(this.#pass());
  }

  /** When the line as it stands will have been served, and a random while after it. */
  #retryAfterMs(): number {
    const lineMs = (this.#waiting.size / this.#atOnce) * this.#averageMs;
    return Math.ceil(lineMs + this.#random() * RETRY_SPREAD_MS);
  }
}
