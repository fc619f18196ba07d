import { expect, test } from 'vitest';

import { BusyError } from '../busy-error.ts';
import { FairQueue } from './fair-queue.ts';

test('as many run at once as may', async () => {
  const queue = new FairQueue({ runningMax: 2, waitingMax: 10, waitMsMax: 5_000 });
  let running = 0;
  let runningMax = 0;
  const work = async () => {
    running += 1;
    runningMax = Math.max(runningMax, running);
    await soon();
    running -= 1;
  };
  await Promise.all([1, 2, 3, 4, 5].map((tries) => queue.run(tries, work)));
  expect(runningMax).toBe(2);
});

test('who has tried least often comes first, and who came last among equals', async () => {
  const queue = new FairQueue({ runningMax: 1, waitingMax: 10, waitMsMax: 5_000 });
  const order: string[] = [];
  const ask = (name: string, tries: number) =>
    queue.run(tries, async () => {
      await soon();
      order.push(name);
    });
  await Promise.all([ask('running', 9), ask('thief 7', 7), ask('an', 1), ask('thief 8', 8), ask('binh', 1)]);
  expect(order).toEqual(['running', 'binh', 'an', 'thief 7', 'thief 8']);
});

test('a full line sends away who has tried most', async () => {
  const queue = new FairQueue({ runningMax: 1, waitingMax: 2, waitMsMax: 5_000 });
  const outcomes = await Promise.allSettled([5, 6, 7, 1].map((tries) => queue.run(tries, soon)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(outcomes[2]).toMatchObject({ reason: expect.any(BusyError) });
});

test('who has waited too long is not worked for', async () => {
  const queue = new FairQueue({ runningMax: 1, waitingMax: 10, waitMsMax: -1 });
  const outcomes = await Promise.allSettled([1, 1].map((tries) => queue.run(tries, soon)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  await expect(queue.run(1, async () => 'yes')).resolves.toBe('yes');
});

test('work that fails gives its place back', async () => {
  const queue = new FairQueue({ runningMax: 1, waitingMax: 1, waitMsMax: 5_000 });
  await expect(queue.run(1, failing)).rejects.toThrow('no');
  await expect(queue.run(1, async () => 'yes')).resolves.toBe('yes');
});

async function soon(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1));
}

async function failing(): Promise<never> {
  throw new Error('no');
}
