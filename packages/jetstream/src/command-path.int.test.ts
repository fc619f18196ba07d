import { randomBytes } from 'node:crypto';

import { JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { errors, type NatsConnection } from '@nats-io/transport-node';
import { type ConversationId, newId, ok } from '@parley/contracts';
import { UnknownAppendError } from '@parley/event-sourcing';
import { testNats } from '@parley/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { type CommandConsumerOptions, type Consuming, runCommandConsumer } from './command-consumer.ts';
import { CommandPublisher, LONGEST_WAIT_MS } from './command-publisher.ts';
import { listDeadLetters, replayDeadLetter } from './dead-letters.ts';
import { commandSubject, partitionOf, replySubject } from './subjects.ts';
import { commandStream, DEAD_LETTER_STREAM } from './topology.ts';

const DEADLINE_MS = 8_000;

interface Asked {
  readonly number: number;
}

describe('the path of a command', () => {
  let gateway: NatsConnection;
  let service: NatsConnection;
  let admin: NatsConnection;
  const consumers: Consuming[] = [];

  beforeEach(async () => {
    [gateway, service, admin] = await Promise.all([
      testNats('gateway'),
      testNats('message'),
      testNats('admin'),
    ]);
    const manager = await jetstreamManager(admin);
    await manager.streams.purge(commandStream('message'));
    await manager.streams.purge(DEAD_LETTER_STREAM);
  });
  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
    await Promise.all([gateway, service, admin].map((nc) => nc.close()));
  });

  async function serve(
    handle: CommandConsumerOptions['handle'],
    place = { ordinal: 0, count: 1 },
  ): Promise<Consuming> {
    const consumer = await runCommandConsumer(service, {
      service: 'message',
      ...place,
      handle,
      onFault: () => undefined,
    });
    consumers.push(consumer);
    return consumer;
  }

  function publisher(): CommandPublisher {
    return new CommandPublisher(gateway, { instance: `gateway-${randomBytes(4).toString('hex')}` });
  }

  test('a command is answered with its outcome', async () => {
    await serve(async (command) => ok({ got: command }));
    const outcome = await publisher().send({ number: 1 }, target(newId('cnv')));
    expect(outcome).toEqual({ kind: 'ok', answer: { got: { number: 1 } } });
  });

  test('commands of one aggregate are handled in the order in which they were sent', async () => {
    const handled: number[] = [];
    await serve(async (command) => {
      const { number } = command as Asked;
      // The earlier ones take longer: only a kept order keeps them first.
      await new Promise((resolve) => setTimeout(resolve, number % 3));
      handled.push(number);
      return ok({});
    });
    const sender = publisher();
    const conversation: ConversationId = newId('cnv');
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    await Promise.all(numbers.map((number) => sender.send({ number }, target(conversation))));
    expect(handled).toEqual(numbers);
  });

  test('commands that come during a publish share a record', async () => {
    await serve(async () => ok({}));
    const sender = publisher();
    const conversation: ConversationId = newId('cnv');
    const manager = await jetstreamManager(admin);
    const before = (await manager.streams.info(commandStream('message'))).state.last_seq;
    await Promise.all(
      Array.from({ length: 100 }, (_, number) => sender.send({ number }, target(conversation))),
    );
    const after = (await manager.streams.info(commandStream('message'))).state.last_seq;
    expect(after - before).toBeLessThan(50);
  });

  test('without a service a command is stored, and answered once one comes', async () => {
    let stored = false;
    const onStored = () => {
      stored = true;
    };
    const waiting = publisher().send({ number: 7 }, { ...target(newId('cnv')), onStored });
    await expect.poll(() => stored).toBe(true);
    await serve(async (command) => ok(command));
    expect(await waiting).toMatchObject({ kind: 'ok', answer: { number: 7 } });
  });

  test('a partition whose longest waiter has waited too long refuses at once, and only that one', async () => {
    const sender = publisher();
    const [one, other] = conversationsApart();
    let stored = false;
    const waiting = sender.send({ number: 1 }, { ...target(one), onStored: () => (stored = true) });
    await expect.poll(() => stored).toBe(true);
    const later = performance.now() + LONGEST_WAIT_MS + 1;
    const clock = vi.spyOn(performance, 'now').mockReturnValue(later);
    const refused = await sender.send({ number: 2 }, target(one));
    const elsewhere = sender.send({ number: 3 }, target(other));
    clock.mockRestore();
    expect(refused).toEqual({ kind: 'failed', fault: 'unavailable' });

    const handled: number[] = [];
    await serve(async (command) => {
      handled.push((command as Asked).number);
      return ok({});
    });
    expect(await Promise.all([waiting, elsewhere])).toMatchObject([{ kind: 'ok' }, { kind: 'ok' }]);
    expect(new Set(handled)).toEqual(new Set([1, 3]));
    expect(await sender.send({ number: 4 }, target(one))).toMatchObject({ kind: 'ok' });
  });

  test('one that has let somebody wait for nothing is asked by one command at a time until it answers', async () => {
    const sender = publisher();
    const conversation: ConversationId = newId('cnv');
    const given = { ...target(conversation), deadlineMs: 200 };
    expect(await sender.send({ number: 1 }, given)).toEqual({ kind: 'failed', fault: 'unknown-outcome' });

    const asking = sender.send({ number: 2 }, target(conversation));
    expect(await sender.send({ number: 3 }, target(conversation))).toEqual({
      kind: 'failed',
      fault: 'unavailable',
    });
    await serve(async () => ok({}));
    expect(await asking).toMatchObject({ kind: 'ok' });
    const all = [4, 5, 6].map((number) => sender.send({ number }, target(conversation)));
    expect(await Promise.all(all)).toMatchObject([{ kind: 'ok' }, { kind: 'ok' }, { kind: 'ok' }]);
  });

  test('no answer in time is an unknown outcome', async () => {
    const outcome = await publisher().send({ number: 1 }, { ...target(newId('cnv')), deadlineMs: 200 });
    expect(outcome).toEqual({ kind: 'failed', fault: 'unknown-outcome' });
  });

  test('a command whose handling throws is tried again, and told that it was out before', async () => {
    const tries: (Date | undefined)[] = [];
    await serve(async (_, { redeliveredFrom }) => {
      tries.push(redeliveredFrom);
      if (tries.length < 9) throw new UnknownAppendError('no answer', { cause: new errors.TimeoutError() });
      return ok({});
    });
    expect(await publisher().send({ number: 1 }, target(newId('cnv')))).toMatchObject({ kind: 'ok' });
    // However often: what is away is waited for.
    expect(tries.map((from) => from !== undefined)).toEqual([false, ...Array<boolean>(8).fill(true)]);
  });

  test('poison is parked with its reason, what is behind it flows, and a replay puts it back', async () => {
    let isMended = false;
    await serve(async (command) => {
      if ((command as Asked).number === 13 && !isMended) throw new Error('cannot count that far');
      return ok(command);
    });
    const sender = publisher();
    const conversation: ConversationId = newId('cnv');
    const [poison, sound] = await Promise.all(
      [13, 14].map((number) => sender.send({ number }, target(conversation))),
    );
    expect(poison).toEqual({ kind: 'failed', fault: 'internal' });
    expect(sound).toMatchObject({ kind: 'ok' });
    const [letter] = await listDeadLetters(admin, { afterId: 0, limit: 10 });
    expect(letter?.reason).toContain('cannot count that far');

    isMended = true;
    await replayDeadLetter(admin, letter?.id ?? 0);
    expect(await listDeadLetters(admin, { afterId: 0, limit: 10 })).toEqual([]);
  });

  test('a record that is none of ours is parked at once', async () => {
    await serve(async () => ok({}));
    const conversation: ConversationId = newId('cnv');
    gateway.publish(commandSubject('message', partitionOf('message', conversation)), 'no JSON');
    await expect.poll(async () => (await listDeadLetters(admin, { afterId: 0, limit: 10 })).length).toBe(1);
    expect(await publisher().send({ number: 1 }, target(conversation))).toMatchObject({ kind: 'ok' });
  });

  test('an append that is refused each time is parked like any poison', async () => {
    const cause = new JetStreamApiError({ code: 400, err_code: 10054, description: 'message too large' });
    await serve(async () => {
      throw new UnknownAppendError('an append was refused', { cause });
    });
    expect(await publisher().send({ number: 1 }, target(newId('cnv')))).toMatchObject({ fault: 'internal' });
  });

  test('many large answers come in parts', async () => {
    await serve(async (command) => ok({ command, text: 'ở'.repeat(10_000) }));
    const sender = publisher();
    const conversation: ConversationId = newId('cnv');
    const texts = Array.from({ length: 100 }, (_, number) => ({ number, text: 'ở'.repeat(10_000) }));
    const outcomes = await Promise.all(texts.map((command) => sender.send(command, target(conversation))));
    expect(outcomes.filter(({ kind }) => kind === 'ok')).toHaveLength(100);
  });

  test('what is no outcome record is passed over', async () => {
    await serve(async () => ok({}));
    const sender = publisher();
    const instance = 'gateway-malformed';
    const other = new CommandPublisher(gateway, { instance });
    for (const malformed of ['', 'null', '{"outcomes":[null]}', '{"outcomes":{}}', '\u0000']) {
      service.publish(replySubject(instance), malformed);
    }
    expect(await sender.send({ number: 1 }, target(newId('cnv')))).toMatchObject({ kind: 'ok' });
    expect(await other.send({ number: 2 }, target(newId('cnv')))).toMatchObject({ kind: 'ok' });
  });

  test('when the first in line goes, the next takes over', async () => {
    const conversation: ConversationId = newId('cnv');
    const seen: string[] = [];
    const first = await testNats('message');
    await runCommandConsumer(first, {
      service: 'message',
      ordinal: 0,
      count: 2,
      handle: async () => {
        seen.push('first');
        return ok({});
      },
      onFault: () => undefined,
    });
    await serve(
      async () => {
        seen.push('second');
        return ok({});
      },
      { ordinal: 1, count: 2 },
    );
    const sender = publisher();
    await sender.send({ number: 1 }, target(conversation));
    await first.close();
    expect(await sender.send({ number: 2 }, target(conversation))).toMatchObject({ kind: 'ok' });
    expect(seen.at(-1)).toBe('second');
  });
});

function target(aggregateId: ConversationId) {
  return { service: 'message', aggregateId, deadlineMs: DEADLINE_MS } as const;
}

/** Two conversations in partitions of their own. */
function conversationsApart(): readonly [ConversationId, ConversationId] {
  const one: ConversationId = newId('cnv');
  for (;;) {
    const other: ConversationId = newId('cnv');
    if (partitionOf('message', other) !== partitionOf('message', one)) return [one, other];
  }
}
