import { expect, test } from 'vitest';

import { poissonGapMs, seededRandom, shuffled } from './random.ts';

test('the same seed gives the same numbers, another one others', () => {
  expect(three(7)).toEqual(three(7));
  expect(three(7)).not.toEqual(three(8));
});

test('arrivals at 200 a second are 5 ms apart on average', () => {
  const random = seededRandom(1);
  const count = 20_000;
  let sumMs = 0;
  for (let index = 0; index < count; index += 1) sumMs += poissonGapMs(random, 200);

  expect(sumMs / count).toBeCloseTo(5, 0);
});

test('shuffling keeps everybody', () => {
  const people = Array.from({ length: 50 }, (_, person) => person);

  const mixed = shuffled(seededRandom(3), people);

  expect(mixed).not.toEqual(people);
  expect(mixed.toSorted((a, b) => a - b)).toEqual(people);
});

function three(seed: number): readonly number[] {
  return Array.from({ length: 3 }, seededRandom(seed));
}
