import { expect, test } from 'vitest';

import { Histogram } from './histogram.ts';

test('percentiles are within 2.2 % above the true ones', () => {
  const histogram = new Histogram();
  for (let ms = 1; ms <= 1_000; ms += 1) histogram.record(ms);

  for (const [share, trueMs] of [
    [0.5, 500],
    [0.99, 990],
    [1, 1_000],
  ] as const) {
    const ms = histogram.quantile(share) ?? 0;
    expect(ms).toBeGreaterThanOrEqual(trueMs);
    expect(ms).toBeLessThanOrEqual(trueMs * 1.022);
  }
});

test('nothing recorded has no percentile', () => {
  expect(new Histogram().quantile(0.99)).toBeUndefined();
});

test('what is longer than the last bucket is counted there', () => {
  const histogram = new Histogram();
  histogram.record(10 ** 9);

  expect(histogram.count).toBe(1);
  expect(histogram.quantile(0.5)).toBeGreaterThan(10 ** 6);
});
