import { describe, expect, test } from 'vitest';

import { RETRY_BASE_MS, RETRY_CAP_MS, retryDelayMs } from './backoff.ts';

describe('the pause before the next try', () => {
  test('doubles its bound up to a cap', () => {
    const longest = [0, 1, 2, 3, 4, 5, 6, 1_000].map((attempt) => retryDelayMs(attempt, () => 1));
    expect(longest).toEqual([RETRY_BASE_MS, 500, 1_000, 2_000, 4_000, 8_000, RETRY_CAP_MS, RETRY_CAP_MS]);
  });

  test('is anywhere below the bound', () => {
    expect(retryDelayMs(5, () => 0)).toBe(0);
    expect(retryDelayMs(5, () => 0.5)).toBe(4_000);
  });
});
