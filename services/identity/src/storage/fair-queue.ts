import { BusyError } from '../busy-error.ts';

interface Waiting {
  readonly tries: number;
  readonly sinceMs: number;
  readonly proceed: () => void;
  readonly giveUp: (error: BusyError) => void;
}

interface QueueLimits {
  readonly runningMax: number;
  readonly waitingMax: number;
  /** Whoever waits longer is told so: nobody waits for their answer any more. */
  readonly waitMsMax: number;
}

/**
 * Runs work, some at once, the rest in line: whoever has tried least often comes first, and among equals who
 * came last. A crowd that guesses has had its first tries soon; a person who comes after that waits for one
 * or two of them, not for all. When the line is full, who has tried most is sent away.
 */
export class FairQueue {
  /** In the order in which they will run. */
  readonly #line: Waiting[] = [];
  readonly #limits: QueueLimits;
  #running = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** @throws {BusyError} when the line is too long. */
  async run<Result>(tries: number, work: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.#limits.runningMax) this.#running += 1;
    else await this.#wait(tries);
    try {
      return await work();
    } finally {
      this.#handOn();
    }
  }

  async #wait(tries: number): Promise<void> {
    await new Promise<void>((proceed, giveUp) => {
      const found = this.#line.findIndex((other) => other.tries >= tries);
      const place = found === -1 ? this.#line.length : found;
      this.#line.splice(place, 0, { tries, sinceMs: performance.now(), proceed, giveUp });
      if (this.#line.length > this.#limits.waitingMax) {
        this.#line.pop()?.giveUp(new BusyError('too many wait'));
      }
    });
  }

  #handOn(): void {
    for (;;) {
      const next = this.#line.shift();
      if (next === undefined) {
        this.#running -= 1;
        return;
      }
      if (performance.now() - next.sinceMs <= this.#limits.waitMsMax) {
        next.proceed();
        return;
      }
      next.giveUp(new BusyError('waited too long'));
    }
  }
}
