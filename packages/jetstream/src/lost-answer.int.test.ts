import { randomBytes } from 'node:crypto';

import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type ConversationId, failed, newId, ok, type Outcome } from '@parley/contracts';
import { layLine, type Line, natsUrl, testNats, until } from '@parley/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type Consuming, runCommandConsumer } from './command-consumer.ts';
import { CommandPublisher } from './command-publisher.ts';
import { connectNats } from './connect.ts';
import { commandStream } from './topology.ts';

/** Longer than a test may take: an outcome that comes at the deadline is one that does not come. */
const DEADLINE_MS = 600_000;

describe("when a gateway's connection breaks while its command is with the service", () => {
  let line: Line;
  let gateway: NatsConnection;
  let service: NatsConnection;
  let admin: NatsConnection;
  let consumer: Consuming | undefined;

  beforeEach(async () => {
    line = await layLine(natsUrl('gateway'));
    const url = new URL(natsUrl('gateway'));
    url.host = new URL(line.url).host;
    [gateway, service, admin] = await Promise.all([
      connectNats({ url: url.href, name: 'a gateway on a line' }),
      testNats('message'),
      testNats('admin'),
    ]);
    await (await jetstreamManager(admin)).streams.purge(commandStream('message'));
  });
  afterEach(async () => {
    await consumer?.stop();
    await Promise.all([gateway, service, admin].map((nc) => nc.close()));
    await line.close();
  });

  async function ask(handle: () => Promise<Outcome>): Promise<Outcome> {
    consumer = await runCommandConsumer(service, {
      service: 'message',
      ordinal: 0,
      count: 1,
      handle,
      onFault: () => undefined,
    });
    const publisher = new CommandPublisher(gateway, {
      instance: `gateway-${randomBytes(4).toString('hex')}`,
    });
    const aggregateId: ConversationId = newId('cnv');
    return publisher.send({ number: 1 }, { service: 'message', aggregateId, deadlineMs: DEADLINE_MS });
  }

  test('an answer that nobody heard is unknown soon after the connection is back', async () => {
    let isAnswered = false;
    const outcome = ask(async () => {
      const down = heard(gateway, 'disconnect');
      line.cut();
      await down;
      isAnswered = true;
      return ok({});
    });
    const manager = await jetstreamManager(admin);
    // The service speaks first and then lets go of the command: once that is out of the queue, the answer is lost.
    await until({
      look: async () => {
        const { state } = await manager.streams.info(commandStream('message'));
        return isAnswered && state.messages === 0 ? true : undefined;
      },
      instead: () => 'the command is in the queue still',
    });
    line.mend();
    expect(await outcome).toEqual(failed('unknown-outcome'));
  });

  test('an answer that is given once it is back counts', async () => {
    const outcome = await ask(async () => {
      const down = heard(gateway, 'disconnect');
      line.cut();
      await down;
      const back = heard(gateway, 'reconnect');
      line.mend();
      await back;
      await gateway.flush();
      return ok({ number: 1 });
    });
    expect(outcome).toEqual(ok({ number: 1 }));
  });
});

async function heard(nc: NatsConnection, type: 'disconnect' | 'reconnect'): Promise<void> {
  for await (const status of nc.status()) {
    if (status.type === type) return;
  }
}
