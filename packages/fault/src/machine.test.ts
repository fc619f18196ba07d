import { expect, test } from 'vitest';

import { watchMachine } from './machine.ts';

const WORK_MS = 20;

test('whoever works is given some of the time that they ask for, and never more than all', async () => {
  const share = watchMachine();
  const before = process.threadCpuUsage();
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      while (process.threadCpuUsage(before).user < WORK_MS * 1_000);
      resolve();
    });
  });
  const given = share();
  expect(given).toBeGreaterThan(0);
  expect(given).toBeLessThanOrEqual(1);
});
