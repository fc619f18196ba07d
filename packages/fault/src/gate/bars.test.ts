import { expect, test } from 'vitest';

import { atLeast, atMost, judge, none, verdictLines } from './bars.ts';

const bars = { lost: none('lost'), tried: atLeast(3, 'tried'), grown: atMost(10, 'grown by') };

test('a bar is kept by a count on its side', () => {
  expect(judge(bars, { lost: [], tried: 3, grown: 10 }).map(({ isKept }) => isKept)).toEqual([
    true,
    true,
    true,
  ]);
  expect(judge(bars, { lost: 0, tried: 2, grown: 11 }).map(({ isKept }) => isKept)).toEqual([
    true,
    false,
    false,
  ]);
});

test('what broke one is shown, and no number breaks each', () => {
  const verdicts = judge(bars, { lost: ['number 7'], tried: Number.NaN, grown: Number.NaN });
  expect(verdicts.map(({ isKept }) => isKept)).toEqual([false, false, false]);
  expect(verdictLines(verdicts).slice(0, 2)).toEqual(['  BROKEN  lost: 1 (0)', '            number 7']);
});
