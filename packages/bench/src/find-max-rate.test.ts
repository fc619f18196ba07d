import { expect, test } from 'vitest';

import { findMaxRate } from './find-max-rate.ts';

const search = { startRate: 500, factor: 1.5, rateMin: 50, rateMax: 20_000, bisectCount: 5 };

test('the search ends close below what the system bears', async () => {
  const rate = await findMaxRate({ ...search, bears: async (asked) => asked <= 3_000 });

  expect(rate).toBeLessThanOrEqual(3_000);
  expect(rate).toBeGreaterThan(2_900);
});

test('a rate that fails once by bad luck is tried again', async () => {
  let isFirst = true;
  const bears = async (asked: number) => {
    const isUnlucky = isFirst && asked > 1_000;
    if (isUnlucky) isFirst = false;
    return !isUnlucky && asked <= 3_000;
  };

  expect(await findMaxRate({ ...search, bears })).toBeGreaterThan(2_900);
});

test('where the first rate is too much, the search goes down', async () => {
  const rate = await findMaxRate({ ...search, bears: async (asked) => asked <= 120 });

  expect(rate).toBeLessThanOrEqual(120);
  expect(rate).toBeGreaterThan(110);
});

test('a system that bears nothing has no rate, one that bears all the highest asked', async () => {
  expect(await findMaxRate({ ...search, bears: async () => false })).toBe(0);
  expect(await findMaxRate({ ...search, rateMax: 1_000, bears: async () => true })).toBe(750);
});
