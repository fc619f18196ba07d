import { randomUUID } from 'node:crypto';

import { newId, type Tenant, type UserId } from '@parley/contracts';
import { connectRedis, type Redis } from '@parley/service-kit/shared-limit';
import { redisUrl } from '@parley/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type Place, SocketPlaces } from './socket-places.ts';

const limits = { socketsPerPerson: 3, socketsPerAddress: 5 };
/** Nothing listens there. */
const NOWHERE = 'redis://127.0.0.1:1';

let tenant: Tenant;
let connections: Redis[];
let gateways: SocketPlaces[];

beforeEach(() => {
  tenant = `t-${randomUUID()}` as Tenant;
  connections = [];
  gateways = [];
});
afterEach(async () => {
  await Promise.all(gateways.map((places) => places.stop()));
  for (const redis of connections) redis.disconnect();
});

async function gateway(url = redisUrl()): Promise<SocketPlaces> {
  const redis = connectRedis(url);
  connections.push(redis);
  if (url !== NOWHERE) await new Promise<void>((resolve) => redis.once('ready', resolve));
  const places = new SocketPlaces(redis, { tenant, instance: `gateway-${randomUUID()}`, limits });
  gateways.push(places);
  // Its first word, by which others know that it lives.
  if (url !== NOWHERE) await redis.ping();
  return places;
}

async function takeMany(
  count: number,
  take: (index: number) => Promise<Place | number>,
): Promise<readonly Place[]> {
  const taken = await Promise.all(Array.from({ length: count }, (_, index) => take(index)));
  return taken.filter((place) => typeof place !== 'number');
}

test('a burst over two gateways takes exactly as many places as a person has', async () => {
  const [one, other] = [await gateway(), await gateway()];
  const an = newId<UserId>('usr');
  const taken = await takeMany(20, (index) => (index % 2 ? one : other).take(an, `10.0.0.${index}`));
  expect(taken.length).toBeLessThanOrEqual(limits.socketsPerPerson);
  // Those of two gateways may take each other's chance; asking again one by one fills what is left.
  const more = [];
  for (let index = 0; index < 5; index += 1) {
    const place = await one.take(an, '10.0.1.1');
    if (typeof place !== 'number') more.push(place);
  }
  expect(taken.length + more.length).toBe(limits.socketsPerPerson);

  for (const place of [...taken, ...more]) place();
  await expect.poll(async () => typeof (await other.take(an, '10.0.0.1'))).toBe('function');
});

test('a network of IPv6 is one address', async () => {
  const places = await gateway();
  const taken = await takeMany(10, (index) => places.take(newId('usr'), `2001:db8::${index + 1}`));
  expect(taken.length).toBe(limits.socketsPerAddress);
  expect(typeof (await places.take(newId('usr'), '2001:db8:0:1::1'))).toBe('function');
});

test('what a gateway that has stopped had counts no more', async () => {
  const [one, other] = [await gateway(), await gateway()];
  const an = newId<UserId>('usr');
  expect(await takeMany(3, () => one.take(an, '10.0.0.1'))).toHaveLength(3);
  expect(typeof (await other.take(an, '10.0.0.1'))).toBe('number');
  await one.stop();
  expect(typeof (await other.take(an, '10.0.0.1'))).toBe('function');
});

test('who is sent out is out on every gateway, for longer each time', async () => {
  const [one, other] = [await gateway(), await gateway()];
  const an = newId<UserId>('usr');
  expect(await one.sendOut(an)).toBe(10_000);
  expect(await other.take(an, '10.0.0.1')).toBeGreaterThan(5_000);
  expect(await one.take(an, '10.0.0.1')).toBeGreaterThan(5_000);
  expect(await other.sendOut(an)).toBe(20_000);
  expect(typeof (await one.take(newId('usr'), '10.0.0.1'))).toBe('function');
});

test('without Redis each gateway counts for itself', async () => {
  const [one, other] = [await gateway(NOWHERE), await gateway(NOWHERE)];
  const an = newId<UserId>('usr');
  expect(await takeMany(10, () => one.take(an, '10.0.0.1'))).toHaveLength(3);
  expect(await takeMany(10, () => other.take(an, '10.0.0.1'))).toHaveLength(3);
  expect(await one.sendOut(an)).toBe(10_000);
  expect(await one.take(an, '10.0.0.2')).toBeGreaterThan(5_000);
});
