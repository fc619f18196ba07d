import { type EventLoopUtilization, performance } from 'node:perf_hooks';

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
  readonly #queues = new Map<Outlet, Frame[]>();
  #scheduled = false;
  #pauseUntilMs = 0;
  #loop: EventLoopUtilization = performance.eventLoopUtilization();
  #lookedAtMs = performance.now();
  #busyPauseMs = 0;

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
    const pauseMs = this.#pauseUntilMs - performance.now();
    if (pauseMs < PAUSE_MS_MIN) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), pauseMs);
  }

  #flush(): void {
    this.#scheduled = false;
    const startedAtMs = performance.now();
    const queues = [...this.#queues];
    this.#queues.clear();
    for (const [outlet, frames] of queues) outlet.write(frames);
    const endedAtMs = performance.now();
    if (endedAtMs - this.#lookedAtMs > BUSY_LOOK_EVERY_MS) this.#lookHowBusy(endedAtMs);
    const pauseMs = Math.max(this.#busyPauseMs, PAUSE_PER_FLUSH * (endedAtMs - startedAtMs));
    this.#pauseUntilMs = endedAtMs + Math.min(PAUSE_MS_MAX, pauseMs);
  }

  /** A process that is busy with other things than writing gains as much by writing less often. */
  #lookHowBusy(nowMs: number): void {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#loop);
    this.#busyPauseMs = PAUSE_MS_MAX * Math.max(0, (utilization - BUSY_FROM) / (1 - BUSY_FROM));
    this.#loop = now;
    this.#lookedAtMs = nowMs;
  }
}
