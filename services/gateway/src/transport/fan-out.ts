import { loopTime, type LoopTime } from './loop-time.ts';
import type { Frame } from './frames.ts';

/** Where frames go in the end: one socket. */
export interface Outlet {
  /** Writes complete frames, in order, in one go. */
  write(frames: readonly Frame[]): void;
}

/** After a flush that took d ms the next one waits 1.5 d, so under load writes grow instead of multiplying. */
const PAUSE_PER_FLUSH = 1.5;
const PAUSE_MS_MAX = 25;
/** Below this a pause is not worth a timer. */
const PAUSE_MS_MIN = 1;
/** From this share of busy time on, pauses grow towards the longest, whatever the flushes themselves took. */
const BUSY_FROM = 0.6;
const BUSY_LOOK_EVERY_MS = 50;

/**
 * Gathers what each socket is to get and writes it together. Delivery is a write problem: one write per socket
 * and flush costs what one write per event would, however many events there are. An idle gateway flushes at once.
 */
export class FanOut {
  readonly #time: LoopTime;
  readonly #queues = new Map<Outlet, Frame[]>();
  #scheduled = false;
  #pauseUntilMs = 0;
  #lookedAtMs: number;
  #busyPauseMs = 0;

  constructor(time: LoopTime = loopTime()) {
    this.#time = time;
    this.#lookedAtMs = time.nowMs();
  }

  push(outlet: Outlet, frame: Frame): void {
    const queue = this.#queues.get(outlet);
    if (queue) queue.push(frame);
    else this.#queues.set(outlet, [frame]);
    this.#schedule();
  }

  /** Forgets what a closed socket was still to get. */
  drop(outlet: Outlet): void {
    this.#queues.delete(outlet);
  }

  /** Writes what waits for one socket, before something that must come after it. */
  flushOutlet(outlet: Outlet): void {
    const frames = this.#queues.get(outlet);
    if (frames === undefined) return;
    this.#queues.delete(outlet);
    outlet.write(frames);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const pauseMs = this.#pauseUntilMs - this.#time.nowMs();
    if (pauseMs < PAUSE_MS_MIN) this.#time.soon(() => this.#flush());
    else this.#time.after(pauseMs, () => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    const startedAtMs = this.#time.nowMs();
    const queues = [...this.#queues];
    this.#queues.clear();
    for (const [outlet, frames] of queues) outlet.write(frames);
    const endedAtMs = this.#time.nowMs();
    if (endedAtMs - this.#lookedAtMs > BUSY_LOOK_EVERY_MS) this.#lookHowBusy(endedAtMs);
    const pauseMs = Math.max(this.#busyPauseMs, PAUSE_PER_FLUSH * (endedAtMs - startedAtMs));
    this.#pauseUntilMs = endedAtMs + Math.min(PAUSE_MS_MAX, pauseMs);
  }

  /** A process that is busy with other things than writing gains as much by writing less often. */
  #lookHowBusy(nowMs: number): void {
    const share = this.#time.busyShare();
    this.#busyPauseMs = PAUSE_MS_MAX * Math.max(0, (share - BUSY_FROM) / (1 - BUSY_FROM));
    this.#lookedAtMs = nowMs;
  }
}
