import { describe, expect, test } from 'vitest';

import { FanOut, type Outlet } from './fan-out.ts';
import { encodeFrame, type Frame } from './frames.ts';
import { HandMadeTime } from './hand-made-time.ts';
import { Pace } from './pace.ts';

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
  return { time, fanOut: new FanOut(new Pace(time)) };
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

  test('what waits is written before an answer, and not again', () => {
    const { time, fanOut } = start();
    const an = outlet();
    for (const frame of frames) fanOut.push(an, frame);
    fanOut.flushOutlet(an);
    expect(an.writes).toEqual([packets]);
    time.pass(10);
    expect(an.writes).toHaveLength(1);
  });

  test('nothing is written by a process that has just woken, and then everything that may be', async () => {
    let mayWrite = false;
    const fanOut = new FanOut(new Pace(), () => mayWrite);
    const [an, binh] = [outlet(), outlet()];
    for (const frame of frames) for (const one of [an, binh]) fanOut.push(one, frame);
    fanOut.flushOutlet(an);
    await new Promise(setImmediate);
    expect([an.writes, binh.writes]).toEqual([[], []]);
    fanOut.drop(binh);
    mayWrite = true;
    await expect.poll(() => an.writes).toEqual([packets]);
    expect(binh.writes).toEqual([]);
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
