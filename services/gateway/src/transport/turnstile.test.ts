import { expect, test, vi } from 'vitest';

import { type GiveBack, Turnstile } from './turnstile.ts';

const passOf = async (entering: Promise<GiveBack | number>): Promise<GiveBack> => {
  const pass = await entering;
  if (typeof pass === 'number') throw new Error('sent away');
  return pass;
};

test('so many are in work at once, and the others come in in the order of their coming', async () => {
  const turnstile = new Turnstile(2);
  const first = await passOf(turnstile.enter());
  const second = await passOf(turnstile.enter());
  const entered: string[] = [];
  const third = passOf(turnstile.enter()).then((pass) => {
    entered.push('third');
    return pass;
  });
  const fourth = passOf(turnstile.enter()).then((pass) => {
    entered.push('fourth');
    return pass;
  });
  expect([turnstile.inWorkCount, turnstile.waitingCount]).toEqual([2, 2]);
  first();
  // Handing a pass back twice lets in nobody more.
  first();
  await third;
  expect(entered).toEqual(['third']);
  expect(turnstile.inWorkCount).toBe(2);
  second();
  await fourth;
  (await third)();
  (await fourth)();
  expect([turnstile.inWorkCount, turnstile.waitingCount]).toEqual([0, 0]);
});

test('whom the line cannot hold is told when to come again', async () => {
  const turnstile = new Turnstile(1, { waitingMax: 1, random: () => 0.5 });
  await turnstile.enter();
  void turnstile.enter();
  expect(await turnstile.enter()).toBeGreaterThanOrEqual(1_000);
  turnstile.close();
});

test('nobody waits for ever: neither in the line nor for a pass that never comes back', async () => {
  vi.useFakeTimers();
  try {
    const turnstile = new Turnstile(1, { random: () => 0 });
    await turnstile.enter();
    const waiting = turnstile.enter();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(typeof (await waiting)).toBe('number');
    expect(turnstile.waitingCount).toBe(0);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(turnstile.inWorkCount).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('a turnstile that closes sends away who waits', async () => {
  const turnstile = new Turnstile(1);
  await turnstile.enter();
  const waiting = turnstile.enter();
  turnstile.close();
  expect(typeof (await waiting)).toBe('number');
});
