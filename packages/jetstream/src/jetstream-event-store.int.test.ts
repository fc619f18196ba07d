import type { NatsConnection } from '@nats-io/transport-node';
import { newId, type Tenant, type UserId } from '@parley/contracts';
import { describeEventStore } from '@parley/event-sourcing/features';
import { testNats } from '@parley/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { JetStreamEventStore } from './jetstream-event-store.ts';

const tenant = 'main' as Tenant;
let nc: NatsConnection;

beforeAll(async () => {
  // The suite writes every lane, which no service may.
  nc = await testNats('admin');
});
afterAll(async () => nc.close());

describeEventStore('JetStream', () => JetStreamEventStore.open(nc, { log: 'conv', tenant }));

test('a read leaves no subscription behind', async () => {
  const store = await JetStreamEventStore.open(nc, { log: 'user', tenant });
  const read = () => store.readLane(newId<UserId>('usr'), 'v.conv', { upTo: 1 });
  await read();
  const before = await subscriptionCount(nc);
  for (let index = 0; index < 10; index += 1) await read();
  await expect.poll(() => subscriptionCount(nc)).toBe(before);
});

async function subscriptionCount(connection: NatsConnection): Promise<number | undefined> {
  const answer = await fetch(`${inject('infra').natsMonitorUrl}/connz?cid=${connection.info?.client_id}`);
  const { connections } = (await answer.json()) as { connections: { subscriptions: number }[] };
  return connections[0]?.subscriptions;
}
