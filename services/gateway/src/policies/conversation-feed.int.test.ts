import type { NatsConnection, SubscriptionOptions } from '@nats-io/transport-node';
import {
  type ClientMessageId,
  type ConversationId,
  newId,
  newUuidV7,
  type RecordedEvent,
  type StoredEvent,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { JetStreamEventStore, liveConversation } from '@parley/jetstream';
import { testNats } from '@parley/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { HiddenMessages } from './hidden-messages.ts';
import { ConversationFeed, type ConversationLog } from './conversation-feed.ts';

const tenant = 'main' as Tenant;
const an: UserId = newId('usr');
const binh: UserId = newId('usr');

const nothingIsHidden = { ask: async () => [], onFault: () => undefined };

describe('a feed of a conversation', () => {
  let writer: NatsConnection;
  let reader: NatsConnection;
  let log: JetStreamEventStore<ConversationLog>;

  beforeAll(async () => {
    [writer, reader] = await Promise.all([testNats('admin'), testNats('gateway')]);
    log = await JetStreamEventStore.open(writer, { log: 'conv', tenant });
  });
  afterAll(async () => Promise.all([writer.close(), reader.close()]));

  /** A conversation of An and Bình that is written to by hand. */
  async function conversation() {
    const conversationId: ConversationId = newId('cnv');
    let position = 0;
    let seq = 0;
    const append = async (...facts: { type: string; data: unknown }[]) => {
      const events = facts.map((fact) => {
        seq += 1;
        return { ...fact, ...envelope(conversationId, seq) } as StoredEvent<ConversationLog>;
      });
      position = (await log.append(conversationId, events, position)).at(-1) ?? 0;
    };
    const say = (text: string) => append(said(conversationId, text));
    const read = async (upToSeq: number) => {
      const positions = [{ userId: binh, upToSeq, readAt: timestampOf(Date.now()) }];
      const fact = { type: 'message.positions-advanced', data: { conversationId, positions } };
      const event = { ...fact, ...envelope(conversationId), id: newId('evt') };
      await log.appendUnnumbered(event as unknown as StoredEvent<ConversationLog>, newId('cmd'));
    };
    const members = [an, binh].map((userId) => ({ userId, role: 'member' }));
    await append({ type: 'conversation.started', data: { conversationId, kind: 'group', members } });
    return { conversationId, append, say, read };
  }

  async function follow(conversationId: ConversationId, nc = reader) {
    const seen: RecordedEvent<ConversationLog>[] = [];
    const store = await JetStreamEventStore.open<ConversationLog>(reader, { log: 'conv', tenant });
    const deliver = (event: RecordedEvent<ConversationLog>) => seen.push(event);
    const feed = new ConversationFeed(conversationId, {
      nc,
      flush: () => nc.flush(),
      store,
      tenant,
      hidden: new HiddenMessages(nothingIsHidden),
      deliver,
      signal: () => undefined,
      onFault: () => undefined,
    });
    await feed.open();
    return { feed, seen, numbers: () => seen.map(({ seq }) => seq) };
  }

  test('begins at the tail and passes on what comes after, in order', async () => {
    const { conversationId, say } = await conversation();
    await say('trước');
    const { feed, numbers } = await follow(conversationId);
    expect(feed.head.seq).toBe(2);
    for (const text of ['một', 'hai', 'ba']) await say(text);
    await expect.poll(numbers).toEqual([3, 4, 5]);
    feed.close();
  });

  test('fills a hole from the log before it passes on anything later', async () => {
    const { conversationId, say } = await conversation();
    // What the broker repeats live is lost when it is lost: here the numbers 3 to 5 never arrive.
    const { feed, numbers } = await follow(conversationId, deafTo(reader, [3, 4, 5]));
    for (const text of ['một', 'hai', 'ba', 'bốn', 'năm']) await say(text);
    await expect.poll(numbers).toEqual([2, 3, 4, 5, 6]);
    feed.close();
  });

  test('catches up to the tail by itself after the connection was away', async () => {
    const { conversationId, say } = await conversation();
    const { feed, numbers } = await follow(conversationId);
    await say('một');
    await reader.reconnect();
    for (let index = 0; index < 20; index += 1) await say(`tin ${index}`);
    await feed.catchUp();
    await expect.poll(numbers).toEqual(Array.from({ length: 21 }, (_, index) => index + 2));
    feed.close();
  });

  test('passes nothing on while it is held, and everything of that time after it, read positions too', async () => {
    const { conversationId, say, read } = await conversation();
    const { feed, seen, numbers } = await follow(conversationId);
    await say('một');
    await expect.poll(numbers).toEqual([2]);
    feed.hold();
    for (const text of ['hai', 'ba']) await say(text);
    await read(3);
    await reader.flush();
    await feed.catchUp();
    expect(numbers()).toEqual([2]);
    await feed.resume();
    expect(numbers()).toEqual([2, 3, 4, undefined]);
    expect(seen.at(-1)?.type).toBe('message.positions-advanced');
    await say('bốn');
    await expect.poll(numbers).toEqual([2, 3, 4, undefined, 5]);
    feed.close();
  });

  test('what is no event stops nothing', async () => {
    const { conversationId, say } = await conversation();
    const { feed, numbers } = await follow(conversationId);
    const live = liveConversation(tenant, conversationId).replace('>', 'm');
    for (const malformed of ['', 'no JSON', 'null', '[]', '{"seq":"2"}']) writer.publish(live, malformed);
    await say('một');
    await say('hai');
    await expect.poll(() => numbers().filter((seq) => Number.isSafeInteger(seq))).toEqual([2, 3]);
    feed.close();
  });

  test('a feed that could not be opened keeps nobody waiting', async () => {
    const { conversationId } = await conversation();
    const store = await JetStreamEventStore.open<ConversationLog>(reader, { log: 'conv', tenant });
    store.tail = async () => {
      throw new Error('the broker is away');
    };
    const feed = new ConversationFeed(conversationId, {
      nc: reader,
      flush: () => reader.flush(),
      store,
      tenant,
      hidden: new HiddenMessages(nothingIsHidden),
      deliver: () => undefined,
      signal: () => undefined,
      onFault: () => undefined,
    });
    const opening = feed.open();
    const waiting = feed.catchUp();
    await expect(opening).rejects.toThrow('the broker is away');
    await waiting;
  });

  test('knows who is in as of the last event that it passed on', async () => {
    const { conversationId, append } = await conversation();
    const { feed, numbers } = await follow(conversationId);
    expect(feed.isMember(binh)).toBe(true);
    await append({
      type: 'conversation.member-removed',
      data: { conversationId, userId: binh, removedBy: an },
    });
    await expect.poll(numbers).toEqual([2]);
    expect(feed.isMember(binh)).toBe(false);
    feed.close();
  });

  test('tells the last messages again without asking anybody', async () => {
    const { conversationId, say } = await conversation();
    const { feed, numbers } = await follow(conversationId);
    for (const text of ['một', 'hai', 'ba']) await say(text);
    await expect.poll(numbers).toEqual([2, 3, 4]);
    expect(feed.messagesAfter(2, an)?.map(({ seq }) => seq)).toEqual([3, 4]);
    expect(feed.messagesAfter(4, an)).toEqual([]);
    expect(feed.messagesAfter(0, an)).toBeUndefined();
    feed.close();
  });
});

/** A connection on which the events with these numbers are lost. */
function deafTo(nc: NatsConnection, lost: readonly number[]): NatsConnection {
  return new Proxy(nc, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== 'subscribe') return typeof value === 'function' ? value.bind(target) : value;
      return (subject: string, options: SubscriptionOptions) =>
        target.subscribe(subject, {
          ...options,
          callback: (error, message) => {
            const { seq } = message.json<{ seq?: number }>();
            if (seq === undefined || !lost.includes(seq)) void options.callback?.(error, message);
          },
        });
    },
  });
}

function envelope(conversationId: ConversationId, seq?: number) {
  return {
    id: newId('evt'),
    v: 1,
    tenant,
    aggregateId: conversationId,
    ...(seq === undefined ? {} : { seq }),
    actorId: an,
    at: timestampOf(Date.now()),
    causationId: newId('cmd'),
    correlationId: 'a-test',
  };
}

function said(conversationId: ConversationId, text: string) {
  const clientMessageId = newUuidV7() as ClientMessageId;
  return {
    type: 'message.sent',
    data: { conversationId, messageId: newId('msg'), clientMessageId, content: { type: 'text', text } },
  };
}
