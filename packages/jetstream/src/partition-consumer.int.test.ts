import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type ConversationId, newId, ok } from '@parley/contracts';
import { testNats, until } from '@parley/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Delivery } from './answer-record.ts';
import { type CommandConsumerOptions, type Consuming, runCommandConsumer } from './command-consumer.ts';
import { CommandPublisher } from './command-publisher.ts';
import { partitionOf } from './subjects.ts';
import { commandStream, partitionConsumer } from './topology.ts';

const DEADLINE_MS = 20_000;
const SERVICE = 'conversation';
const hanoi: ConversationId = newId('cnv');
const partition = partitionOf(SERVICE, hanoi);
const { durable_name: name } = partitionConsumer(SERVICE, partition);

let gateway: NatsConnection;
let services: NatsConnection[];
let admin: NatsConnection;
const consuming: Consuming[] = [];

beforeEach(async () => {
  [gateway, admin] = await Promise.all([testNats('gateway'), testNats('admin')]);
  services = await Promise.all([testNats(SERVICE), testNats(SERVICE)]);
});
afterEach(async () => {
  await Promise.all(consuming.splice(0).map((one) => one.stop()));
  await Promise.all([gateway, admin, ...services].map((nc) => nc.close()));
});

async function serve(ordinal: number, handle: CommandConsumerOptions['handle']): Promise<void> {
  const nc = services[ordinal];
  if (nc === undefined) throw new Error('two services are connected above');
  const options = { service: SERVICE, ordinal, count: 2, handle, onFault: () => undefined } as const;
  consuming.push(await runCommandConsumer(nc, options));
}

async function brokerForgets(): Promise<void> {
  const manager = await jetstreamManager(admin);
  await manager.consumers.delete(commandStream(SERVICE), name);
}

function send(number: number) {
  const publisher = new CommandPublisher(gateway, { instance: newId('gateway') });
  return publisher.send({ number }, { service: SERVICE, aggregateId: hanoi, deadlineMs: DEADLINE_MS });
}

test('commands go on when the broker has forgotten who consumes them', async () => {
  await serve(0, async (command) => ok(command));
  expect(await send(1)).toMatchObject({ kind: 'ok' });
  await brokerForgets();
  expect(await send(2)).toEqual({ kind: 'ok', answer: { number: 2 } });
});

test('what was out with a forgotten consumer is looked for before it is done', async () => {
  const held = Promise.withResolvers<void>();
  const seen: { readonly by: number; readonly delivery: Delivery }[] = [];
  for (const ordinal of [0, 1]) {
    await serve(ordinal, async (command, delivery) => {
      seen.push({ by: ordinal, delivery });
      // Who takes it first is slow: it is out when the broker forgets.
      if (seen.length === 1) await held.promise;
      return ok(command);
    });
  }
  const answer = send(3);
  await until({ look: () => seen[0], instead: () => 'nobody took it' });
  await brokerForgets();
  expect(await answer).toMatchObject({ kind: 'ok' });
  held.resolve();
  expect(seen).toHaveLength(2);
  expect(seen[1]?.by).not.toBe(seen[0]?.by);
  expect(seen[1]?.delivery.redeliveredFrom).toBeInstanceOf(Date);
});

test('what is stored well after the consumer was made was never out', async () => {
  const deliveries: Delivery[] = [];
  await serve(0, async (command, delivery) => {
    deliveries.push(delivery);
    return ok(command);
  });
  await until({
    look: async () => {
      await send(4);
      return deliveries.at(-1)?.redeliveredFrom === undefined ? true : undefined;
    },
    instead: () => JSON.stringify(deliveries.at(-1)),
  });
  expect(deliveries.at(-1)).toEqual({ redeliveredFrom: undefined });
});
