import { describe, expect, test } from 'vitest';

import { FanOut, type Outlet } from './fan-out.ts';
import { encodeFrame, type Frame } from './frames.ts';
import type { LoopTime } from './loop-time.ts';

/** A loop whose time goes on only when the test says so. */
class HandMadeTime implements LoopTime {
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

function outlet(): Outlet & { readonly writes: string[][] } {
  const writes: string[][] = [];
  return { writes, write: (frames: readonly Frame[]) => writes.push(frames.map(({ packet }) => packet)) };
}

const first = encodeFrame('error', { code: 'một' });
const second = encodeFrame('error', { code: 'hai' });
const third = encodeFrame('error', { code: 'ba' });
const frames = [first, second, third];
const packets = frames.map(({ packet }) => packet);

function start(): { readonly time: HandMadeTime; readonly fanOut: FanOut } {
  const time = new HandMadeTime();
  return { time, fanOut: new FanOut(time) };
}

describe('the fan-out', () => {
  test('writes together what comes together, in order', () => {
    const { time, fanOut } = start();
    const [an, binh] = [outlet(), outlet()];
    for (const frame of frames) for (const one of [an, binh]) fanOut.push(one, frame);
    expect(an.writes).toEqual([]);
    time.pass(0);
    expect(an.writes).toEqual([packets]);
    expect(binh.writes).toEqual([packets]);
  });

  test('writes at once when it has nothing else to do', async () => {
    const fanOut = new FanOut();
    const an = outlet();
    fanOut.push(an, first);
    await new Promise(setImmediate);
    expect(an.writes).toHaveLength(1);
  });

  test('waits after a long flush, so that writes grow instead of multiplying', () => {
    const { time, fanOut } = start();
    const slow: Outlet = { write: () => void (time.now += 10) };
    const an = outlet();
    fanOut.push(slow, first);
    time.pass(0);
    fanOut.push(an, second);
    time.pass(14);
    fanOut.push(an, third);
    expect(an.writes).toEqual([]);
    time.pass(1);
    expect(an.writes).toEqual([[second.packet, third.packet]]);
  });

  test('writes less often when the process is busy with other things', () => {
    const { time, fanOut } = start();
    const an = outlet();
    time.busy = 1;
    time.pass(200);
    fanOut.push(an, first);
    time.pass(0);
    fanOut.push(an, second);
    time.pass(24);
    fanOut.push(an, third);
    time.pass(1);
    expect(an.writes.map(({ length }) => length)).toEqual([1, 2]);
  });

  test('what waits is written before an answer, and not again', () => {
    const { time, fanOut } = start();
    const an = outlet();
    for (const frame of frames) fanOut.push(an, frame);
    fanOut.flushOutlet(an);
    expect(an.writes).toEqual([packets]);
    time.pass(10);
    expect(an.writes).toHaveLength(1);
  });

  test('a closed socket gets nothing more', () => {
    const { time, fanOut } = start();
    const an = outlet();
    for (const frame of frames) fanOut.push(an, frame);
    fanOut.drop(an);
    time.pass(10);
    expect(an.writes).toEqual([]);
  });
});
