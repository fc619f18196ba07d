import type { LoopTime } from './loop-time.ts';

/** A loop whose time goes on only when the test says so. */
export class HandMadeTime implements LoopTime {
  now = 0;
  busy = 0;
  #jobs: { readonly atMs: number; readonly run: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }
  soon(run: () => void): void {
    this.after(0, run);
  }
  after(ms: number, run: () => void): void {
    this.#jobs.push({ atMs: this.now + ms, run });
  }
  busyShare(): number {
    return this.busy;
  }
  pass(ms: number): void {
    this.now += ms;
    const due = this.#jobs.filter(({ atMs }) => atMs <= this.now);
    this.#jobs = this.#jobs.filter(({ atMs }) => atMs > this.now);
    for (const { run } of due) run();
  }
}
