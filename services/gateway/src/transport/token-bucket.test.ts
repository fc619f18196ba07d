import { setTimeout as delay } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { TokenBucket } from './token-bucket.ts';

test('a burst goes through, and what is over it is told how long to wait', async () => {
  const bucket = new TokenBucket(40, 20);
  const waits = Array.from({ length: 41 }, () => bucket.take());
  expect(waits.slice(0, 40)).toEqual(Array.from({ length: 40 }, () => 0));
  const waitMs = waits[40] ?? 0;
  expect(waitMs).toBeGreaterThan(0);
  expect(waitMs).toBeLessThanOrEqual(50);
  await delay(waitMs + 10);
  expect(bucket.take()).toBe(0);
});
