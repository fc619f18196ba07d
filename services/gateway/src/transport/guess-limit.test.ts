import { expect, test } from 'vitest';

import { GuessLimit } from './guess-limit.ts';

const quarterMs = 15 * 60_000;

test('who guesses wrong too often waits, and nobody else does', async () => {
  const guesses = new GuessLimit();
  for (let count = 0; count < 20; count += 1) expect(await guesses.take('an', 'hanoi')).toBe(0);

  const waitMs = await guesses.take('an', 'hanoi');
  expect(waitMs).toBeGreaterThan(quarterMs / 2);
  expect(waitMs).toBeLessThanOrEqual(quarterMs);
  expect(await guesses.take('bình', 'hanoi')).toBe(0);
});

test('many people at one address are counted together', async () => {
  const guesses = new GuessLimit();
  for (let count = 0; count < 200; count += 1) expect(await guesses.take(`người ${count}`, 'hanoi')).toBe(0);

  expect(await guesses.take('an', 'hanoi')).toBeGreaterThan(0);
  expect(await guesses.take('an', 'hue')).toBe(0);
});

test('a right code costs nothing', async () => {
  const guesses = new GuessLimit();
  for (let count = 0; count < 100; count += 1) {
    expect(await guesses.take('an', 'hanoi')).toBe(0);
    await guesses.giveBack('an', 'hanoi');
  }
});
