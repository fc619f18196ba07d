import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { FanOut, type Outlet } from './fan-out.ts';
import { encodeFrame, type Frame } from './frames.ts';

function outlet(): Outlet & { readonly writes: string[][] } {
  const writes: string[][] = [];
  return { writes, write: (frames: readonly Frame[]) => writes.push(frames.map(({ packet }) => packet)) };
}

const frames = ['một', 'hai', 'ba'].map((code) => encodeFrame('error', { code }));
const packets = frames.map(({ packet }) => packet);

describe('the fan-out', () => {
  test('writes together what comes together, in order', async () => {
    const fanOut = new FanOut();
    const [an, binh] = [outlet(), outlet()];
    for (const frame of frames) for (const one of [an, binh]) fanOut.push(one, frame);
    await delay(10);
    expect(an.writes).toEqual([packets]);
    expect(binh.writes).toEqual([packets]);
  });

  test('writes at once when it has nothing else to do', async () => {
    const fanOut = new FanOut();
    const an = outlet();
    fanOut.push(an, encodeFrame('error', { code: 'một' }));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(an.writes).toHaveLength(1);
  });

  test('waits after a long flush, so that writes grow instead of multiplying', async () => {
    const fanOut = new FanOut();
    const slow: Outlet = {
      write: () => {
        const until = performance.now() + 10;
        while (performance.now() < until);
      },
    };
    const an = outlet();
    const [first, second, third] = frames;
    if (!first || !second || !third) throw new Error('three frames are made above');
    fanOut.push(slow, first);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    fanOut.push(an, second);
    await new Promise(setImmediate);
    fanOut.push(an, third);
    await delay(40);
    expect(an.writes).toEqual([[second.packet, third.packet]]);
  });

  test('writes less often when the process is busy with other things', async () => {
    const fanOut = new FanOut();
    const an = outlet();
    const busy = performance.now() + 200;
    while (performance.now() < busy);
    fanOut.push(an, encodeFrame('error', { code: 'một' }));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    for (const frame of frames) {
      fanOut.push(an, frame);
      await new Promise(setImmediate);
    }
    await delay(60);
    expect(an.writes.map(({ length }) => length)).toEqual([1, 3]);
  });

  test('what waits is written before an answer, and not again', async () => {
    const fanOut = new FanOut();
    const an = outlet();
    for (const frame of frames) fanOut.push(an, frame);
    fanOut.flushOutlet(an);
    expect(an.writes).toEqual([packets]);
    await delay(10);
    expect(an.writes).toHaveLength(1);
  });

  test('a closed socket gets nothing more', async () => {
    const fanOut = new FanOut();
    const an = outlet();
    for (const frame of frames) fanOut.push(an, frame);
    fanOut.drop(an);
    await delay(10);
    expect(an.writes).toEqual([]);
  });
});
