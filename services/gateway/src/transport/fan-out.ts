import type { Frame } from './frames.ts';
import { Pace } from './pace.ts';

/** Where frames go in the end: one socket. */
export interface Outlet {
  /** Writes complete frames, in order, in one go. */
  write(frames: readonly Frame[]): void;
}

/** While nothing may be written this is looked at again so often. */
const HELD_LOOK_EVERY_MS = 25;

/**
 * Gathers what each socket is to get and writes it together. Delivery is a write problem: one write per socket
 * and beat costs what one write per event would, however many events there are. An idle gateway writes at once.
 */
export class FanOut {
  readonly #pace: Pace;
  readonly #mayWrite: () => boolean;
  #queues = new Map<Outlet, Frame[]>();

  /** `mayWrite` says whether what was queued may still be told: not by a process that has just woken. */
  constructor(pace: Pace = new Pace(), mayWrite: () => boolean = () => true) {
    this.#pace = pace;
    this.#mayWrite = mayWrite;
  }

  push(outlet: Outlet, frame: Frame): void {
    const queue = this.#queues.get(outlet);
    if (queue !== undefined) {
      queue.push(frame);
      return;
    }
    if (this.#queues.size === 0) this.#pace.onBeat(this.#flush);
    this.#queues.set(outlet, [frame]);
  }

  /** Forgets what a closed socket was still to get. */
  drop(outlet: Outlet): void {
    this.#queues.delete(outlet);
  }

  /** Writes what waits for one socket, before something that must come after it. */
  flushOutlet(outlet: Outlet): void {
    const frames = this.#queues.get(outlet);
    if (frames === undefined || !this.#mayWrite()) return;
    this.#queues.delete(outlet);
    outlet.write(frames);
  }

  readonly #flush = (): void => {
    if (!this.#mayWrite()) {
      setTimeout(() => this.#pace.onBeat(this.#flush), HELD_LOOK_EVERY_MS);
      return;
    }
    const queues = this.#queues;
    // What is pushed by a write, say of a socket's end, is of the next beat.
    this.#queues = new Map();
    for (const [outlet, frames] of queues) outlet.write(frames);
  };
}
