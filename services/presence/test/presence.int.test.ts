import { newId, type UserId } from '@parley/contracts';
import { until } from '@parley/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { LEASE_MS, SETTLE_MS } from '../src/domain/presence.ts';
import { heard, PresenceWorld } from './presence-service.ts';

const DEVICE_COUNT = 400;
const RENEW_EVERY_MS = 2_000;
/** A lease of somebody who was not heard for so long has this left. */
const ALMOST_OVER_MS = LEASE_MS - 1_500;

let world: PresenceWorld;

beforeAll(async () => {
  world = await PresenceWorld.open();
  await world.start('presence-1');
  await world.start('presence-2');
});
afterAll(() => world[Symbol.asyncDispose]());

test('at the beginning nobody is said to be gone, until leases have settled', async () => {
  const an: UserId = newId('usr');
  const first = await until({
    // A service is ready before Redis has taken its connection.
    look: () => world.look(an),
    instead: () => 'nobody answers',
  });
  expect(first).toMatchObject({ people: [{ status: 'unknown' }], isSettled: false });
  await settled();
  expect(await world.look(an)).toMatchObject({ people: [{ status: 'offline', lastSeenAt: null }] });
});

test('somebody is told of once when they come, however many devices and instances say so', async () => {
  const an: UserId = newId('usr');
  const devices = Array.from({ length: 8 }, () => heard(an));
  await Promise.all(devices.map((lease, index) => world.renew(`gateway-${index % 3}`, lease)));
  await until({ look: () => world.toldOf(an)[0], instead: () => 'nobody was told' });
  await Promise.all(devices.map((lease) => world.renew('gateway-1', { ...lease, isAway: true })));
  for (const index of [0, 1, 2]) await world.renew(`gateway-${index}`, ...devices.map(away));
  await until({
    look: () => (world.toldOf(an).at(-1) === 'away' ? true : undefined),
    instead: () => world.toldOf(an).join(),
  });
  expect(world.toldOf(an)).toEqual(['online', 'away']);
  const [seen] = (await world.look(an))?.people ?? [];
  expect(Date.parse(seen?.lastSeenAt ?? '')).toBeGreaterThan(Date.now() - LEASE_MS);
});

test('somebody is gone with the last lease, and not with one at a gateway that has died', async () => {
  const an: UserId = newId('usr');
  const binh: UserId = newId('usr');
  const phone = heard(an, { heardMsAgo: ALMOST_OVER_MS });
  await world.renew('gateway-1', phone, heard(binh, { heardMsAgo: ALMOST_OVER_MS }));
  // An's phone has come back at another gateway; nobody says another word at the first.
  await world.renew('gateway-2', { ...phone, heardMsAgo: 0 });
  await until({
    look: () => (world.toldOf(binh).at(-1) === 'offline' ? true : undefined),
    instead: () => `Bình is told ${world.toldOf(binh).join()}`,
  });
  expect(world.toldOf(an)).toEqual(['online']);
  expect(await world.statusOf(an)).toBe('online');
  expect((await world.look(binh))?.people).toMatchObject([
    { status: 'offline', lastSeenAt: expect.any(String) },
  ]);
});

test('who is answered to be gone before that is told, and comes back at once, is told of', async () => {
  const an: UserId = newId('usr');
  await world.renew('gateway-1', heard(an, { heardMsAgo: ALMOST_OVER_MS }));
  await until({
    look: async () => ((await world.statusOf(an)) === 'offline' ? true : undefined),
    instead: () => `An is told ${world.toldOf(an).join()}`,
  });
  await world.renew('gateway-1', heard(an));
  await until({
    look: () => (world.toldOf(an).length === 3 ? true : undefined),
    instead: () => `An is told ${world.toldOf(an).join()}`,
  });
  expect(world.toldOf(an)).toEqual(['online', 'offline', 'online']);
});

test('what somebody chooses holds though nobody but the log says so, and the latest of two', async () => {
  const an: UserId = newId('usr');
  const phone = heard(an);
  await world.renew('gateway-1', phone);
  await world.choose(an, 'nobody', 2);
  await until({
    look: () => (world.toldOf(an).at(-1) === 'unknown' ? true : undefined),
    instead: () => world.toldOf(an).join(),
  });
  await world.renew('gateway-1', { ...phone, isAway: true });
  expect(await world.statusOf(an)).toBe('unknown');
  await world.choose(an, 'everybody', 3);
  await until({
    look: () => (world.toldOf(an).at(-1) === 'away' ? true : undefined),
    instead: () => world.toldOf(an).join(),
  });
  expect(world.toldOf(an)).toEqual(['online', 'unknown', 'away']);
});

test('who hides is hidden though Redis has forgotten it', async () => {
  const an: UserId = newId('usr');
  await world.choose(an, 'nobody', 2);
  await world.renew('gateway-1', heard(an));
  await world.redis.flushall();
  await world.renew('gateway-1', heard(an));
  expect(await world.statusOf(an)).toBe('unknown');
  expect(world.toldOf(an)).toEqual([]);
  await settled();
});

test(`of ${DEVICE_COUNT} devices none is said to be gone by a flush or an outage, and nobody stays who has gone`, async () => {
  const people = Array.from({ length: DEVICE_COUNT }, () => heard(newId('usr')));
  const gone = people.slice(0, DEVICE_COUNT / 4);
  const there = people.slice(DEVICE_COUNT / 4);
  // Two gateways say what they hear, again and again, as far as somebody listens.
  const over = new AbortController();
  const gateways = [0, 1].map(async (index) => {
    while (!over.signal.aborted) {
      const own = there.filter((_, place) => place % 2 === index);
      await world.renew(`gateway-${index}`, ...own);
      await new Promise((resolve) => setTimeout(resolve, RENEW_EVERY_MS));
    }
  });
  await world.renew('gateway-9', ...gone);
  await everybodyIs('online', people);

  await world.redis.flushall();
  await world.renew('gateway-9', ...gone.map((lease) => ({ ...lease, isGone: true })));
  await everybodyIs('offline', gone);
  await world.infra.redis.stop();
  expect(await world.renew('gateway-0', ...there.slice(0, 1))).toBe(false);
  expect(await world.look(there[0]?.userId ?? newId('usr'))).toBeUndefined();
  await world.infra.redis.start();
  await settled();
  await everybodyIs('offline', gone);
  await everybodyIs('online', there);
  over.abort();
  await Promise.all(gateways);
  const falselyGone = there.filter(({ userId }) =>
    world.toldOf(userId).some((status) => status !== 'online'),
  );
  expect(falselyGone).toEqual([]);
}, 180_000);

function away<Kept>(lease: Kept) {
  return { ...lease, isAway: true };
}

async function settled(): Promise<void> {
  await until({
    look: async () => ((await world.look(newId('usr')))?.isSettled === true ? true : undefined),
    instead: () => 'the leases do not settle',
    waitMs: 2 * SETTLE_MS,
  });
}

async function everybodyIs(status: string, people: readonly { readonly userId: UserId }[]): Promise<void> {
  let wrong = people.map(({ userId }) => userId);
  await until({
    look: async () => {
      wrong = (
        await Promise.all(
          [0, 1, 2].map(async (page) => {
            const asked = people.slice(page * 200, (page + 1) * 200).map(({ userId }) => userId);
            const seen = (await world.look(...asked))?.people.map((one) => [one.userId, one.status] as const);
            return asked.filter((userId) => !seen?.some(([id, found]) => id === userId && found === status));
          }),
        )
      ).flat();
      return wrong.length === 0 ? true : undefined;
    },
    instead: () => `${wrong.length} of ${people.length} are not ${status}`,
    waitMs: LEASE_MS + SETTLE_MS,
  });
}
