import { describe, expect, test } from 'vitest';

import { HandMadeTime } from './hand-made-time.ts';
import { Pace } from './pace.ts';

function start(): { readonly time: HandMadeTime; readonly pace: Pace; readonly ran: string[] } {
  const time = new HandMadeTime();
  return { time, pace: new Pace(time), ran: [] };
}

describe('the pace of a gateway', () => {
  test('an idle one sends at once', () => {
    const { time, pace, ran } = start();
    pace.onBeat(() => ran.push('một'));
    expect(ran).toEqual([]);
    time.pass(0);
    expect(ran).toEqual(['một']);
  });

  test('what came together leaves on one beat, in order and once', async () => {
    const { time, pace, ran } = start();
    const twice = () => void ran.push('một');
    pace.onBeat(twice);
    const beat = pace.beat().then(() => ran.push('hai'));
    pace.onBeat(twice);
    time.pass(0);
    await beat;
    expect(ran).toEqual(['một', 'hai']);
  });

  test('after a long beat the next one waits, so that writes grow instead of multiplying', () => {
    const { time, pace, ran } = start();
    pace.onBeat(() => void (time.now += 10));
    time.pass(0);
    pace.onBeat(() => ran.push('một'));
    time.pass(14);
    pace.onBeat(() => ran.push('hai'));
    expect(ran).toEqual([]);
    time.pass(1);
    expect(ran).toEqual(['một', 'hai']);
  });

  test('a process that is busy with other things sends less often, but often enough', () => {
    const { time, pace, ran } = start();
    time.busy = 1;
    time.pass(200);
    pace.onBeat(() => ran.push('một'));
    time.pass(0);
    pace.onBeat(() => ran.push('hai'));
    time.pass(24);
    pace.onBeat(() => ran.push('ba'));
    expect(ran).toEqual(['một']);
    time.pass(1);
    expect(ran).toEqual(['một', 'hai', 'ba']);
  });

  test('what is asked for on a beat is of the next one', () => {
    const { time, pace, ran } = start();
    pace.onBeat(() => pace.onBeat(() => ran.push('hai')));
    time.pass(0);
    expect(ran).toEqual([]);
    time.pass(0);
    expect(ran).toEqual(['hai']);
  });
});
