import type { Tenant } from '@parley/contracts';
import { connectRedis } from '@parley/service-kit/shared-limit';
import { redisUrl, until } from '@parley/testing';
import { expect, test as base } from 'vitest';

import { GuessLimit } from './guess-limit.ts';

const quarterMs = 15 * 60_000;
const NOBODY_LISTENS = 'redis://127.0.0.1:1';

/** As many gateways as are asked for, which count at the same place; the place is the test's own. */
const test = base.extend<{ gateways: (count: number, url?: string) => Promise<readonly GuessLimit[]> }>({
  gateways: async ({}, use) => {
    const connections: ReturnType<typeof connectRedis>[] = [];
    const tenant = `t${crypto.randomUUID().slice(0, 8)}` as Tenant;
    await use(async (count, url = redisUrl()) => {
      const opened = Array.from({ length: count }, () => connectRedis(url));
      connections.push(...opened);
      if (url !== NOBODY_LISTENS) {
        await until({
          look: () => (opened.every(({ status }) => status === 'ready') ? true : undefined),
          instead: () => 'Redis is not there',
        });
      }
      return opened.map((redis) => new GuessLimit(redis, tenant));
    });
    for (const redis of connections) redis.disconnect();
  },
});

test('who guesses wrong too often waits, whichever gateway they ask, and nobody else does', async ({
  gateways,
}) => {
  const [one, other] = (await gateways(2)) as [GuessLimit, GuessLimit];
  for (let count = 0; count < 10; count += 1) {
    expect(await one.take('an', 'hanoi')).toBe(0);
    expect(await other.take('an', 'hanoi')).toBe(0);
  }

  for (const gateway of [one, other]) {
    const waitMs = await gateway.take('an', 'hanoi');
    expect(waitMs).toBeGreaterThan(quarterMs / 2);
    expect(waitMs).toBeLessThanOrEqual(quarterMs);
    expect(await gateway.take('bình', 'hanoi')).toBe(0);
  }
});

test('many people at one address are counted together', async ({ gateways }) => {
  const [one, other] = (await gateways(2)) as [GuessLimit, GuessLimit];
  for (let count = 0; count < 100; count += 1) {
    expect(await one.take(`người ${count}`, 'hanoi')).toBe(0);
    expect(await other.take(`bạn ${count}`, 'hanoi')).toBe(0);
  }

  expect(await one.take('an', 'hanoi')).toBeGreaterThan(0);
  expect(await other.take('an', 'hue')).toBe(0);
});

test('a right code costs nothing', async ({ gateways }) => {
  const [one] = (await gateways(1)) as [GuessLimit];
  for (let count = 0; count < 100; count += 1) {
    expect(await one.take('an', 'hanoi')).toBe(0);
    await one.giveBack('an', 'hanoi');
  }
});

test('without Redis each gateway counts for itself', async ({ gateways }) => {
  for (const gateway of await gateways(2, NOBODY_LISTENS)) {
    for (let count = 0; count < 20; count += 1) expect(await gateway.take('an', 'hanoi')).toBe(0);
    expect(await gateway.take('an', 'hanoi')).toBeGreaterThan(0);
  }
});
