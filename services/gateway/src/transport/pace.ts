import { loopTime, type LoopTime } from './loop-time.ts';

/** After a beat that took d ms the next one waits 1.5 d, so under load writes grow instead of multiplying. */
const PAUSE_PER_BEAT = 1.5;
const PAUSE_MS_MAX = 25;
/** Below this a pause is not worth a timer. */
const PAUSE_MS_MIN = 1;
/** Between these shares of busy time pauses grow to the longest, whatever the beats themselves took. */
const BUSY_FROM = 0.3;
const BUSY_TO = 0.8;
const BUSY_LOOK_EVERY_MS = 50;

/**
 * When what has come together leaves: frames for sockets, commands for services. Every write wakes whoever reads it,
 * so a busy gateway lets things gather and sends all of them on one beat; an idle one sends at once.
 */
export class Pace {
  readonly #time: LoopTime;
  readonly #waiting = new Set<() => void>();
  #isScheduled = false;
  #pauseUntilMs = 0;
  #lookedAtMs: number;
  #busyPauseMs = 0;

  constructor(time: LoopTime = loopTime()) {
    this.#time = time;
    this.#lookedAtMs = time.nowMs();
  }

  /** Runs this once on the next beat, however often it is asked before. It must not throw. */
  onBeat(run: () => void): void {
    this.#waiting.add(run);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const pauseMs = this.#pauseUntilMs - this.#time.nowMs();
    if (pauseMs < PAUSE_MS_MIN) this.#time.soon(this.#beat);
    else this.#time.after(pauseMs, this.#beat);
  }

  /** Resolves on the next beat. */
  beat(): Promise<void> {
    return new Promise((resolve) => this.onBeat(resolve));
  }

  readonly #beat = (): void => {
    this.#isScheduled = false;
    const startedAtMs = this.#time.nowMs();
    const runs = [...this.#waiting];
    this.#waiting.clear();
    for (const run of runs) run();
    const endedAtMs = this.#time.nowMs();
    if (endedAtMs - this.#lookedAtMs > BUSY_LOOK_EVERY_MS) this.#lookHowBusy(endedAtMs);
    const pauseMs = Math.max(this.#busyPauseMs, PAUSE_PER_BEAT * (endedAtMs - startedAtMs));
    this.#pauseUntilMs = endedAtMs + Math.min(PAUSE_MS_MAX, pauseMs);
  };

  /** A process that is busy with other things than writing gains as much by writing less often. */
  #lookHowBusy(nowMs: number): void {
    const share = (this.#time.busyShare() - BUSY_FROM) / (BUSY_TO - BUSY_FROM);
    this.#busyPauseMs = PAUSE_MS_MAX * Math.min(1, Math.max(0, share));
    this.#lookedAtMs = nowMs;
  }
}
