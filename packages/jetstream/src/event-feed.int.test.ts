import type { NatsConnection } from '@nats-io/transport-node';
import { type ConversationId, type MessageEvent, newId, type Tenant } from '@parley/contracts';
import { testNats, until } from '@parley/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type EventFeed, type FeedItem, lastPositionOf, openEventFeed } from './event-feed.ts';
import { FeedEndedError } from './log-consumer.ts';
import { eventSubject } from './subjects.ts';

const main = 'main' as Tenant;
const DEADLINE_MS = 10_000;
const IDLE_MS = 200;
let nc: NatsConnection;

beforeAll(async () => {
  nc = await testNats('admin');
});

afterAll(() => nc.close());

describe('an event feed', () => {
  test('gives the log in order, in batches that are never too large', async () => {
    const hanoi = newConversation();
    const after = await lastPositionOf(nc, 'conv');
    const last = await write(hanoi, 'm', numbered(hanoi, 25));
    const { items, sizes } = await readUpTo(last, { after, sizeMax: 10 });
    const own = items.filter((item) => item.kind === 'event' && item.event.aggregateId === hanoi);
    expect(own.map((item) => item.kind === 'event' && item.event.seq)).toEqual(numbers(25));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
    expect(items.map(({ position }) => position)).toEqual(items.map((_, index) => after + 1 + index));
  });

  // One lane is filtered by the server, several by the reader.
  test.each([{ lanes: ['m'] }, { lanes: ['m', 'r.pos'] }])(
    'brings the lanes $lanes, and knows when it has passed the others',
    async ({ lanes }) => {
      const hanoi = newConversation();
      const after = await lastPositionOf(nc, 'conv');
      await using feed = await opened({ after, lanes: new Set(lanes) });
      const message = await write(hanoi, 'm', numbered(hanoi, 1));
      const beyond = await write(hanoi, 'c', [{ type: 'conversation.member-left', aggregateId: hanoi }]);
      expect(await feed.passedUpTo()).toBe(0);

      const own: FeedItem<MessageEvent>[] = [];
      const end = await until({
        look: async () => {
          const items = await feed.next(IDLE_MS);
          own.push(...items.filter((item) => item.kind === 'event' && item.event.aggregateId === hanoi));
          const passed = await feed.passedUpTo();
          return passed >= beyond ? passed : undefined;
        },
        instead: () => `${own.length} of the lane came and the end was not reached`,
      });
      expect(end).toBeGreaterThanOrEqual(beyond);
      expect(own).toMatchObject([{ kind: 'event', position: message }]);
    },
  );

  test('goes through what is of other lanes at once, however much that is', async () => {
    const hanoi = newConversation();
    const after = await lastPositionOf(nc, 'conv');
    await write(hanoi, 'm', numbered(hanoi, 25));
    const left = await write(hanoi, 'c', [{ type: 'conversation.member-left', aggregateId: hanoi }]);
    const { items } = await readUpTo(left, { after, sizeMax: 10, lanes: new Set(['c', 'r.pos']) });
    const own = items.filter((item) => item.kind === 'event' && item.event.aggregateId === hanoi);
    expect(own).toMatchObject([{ kind: 'event', position: left }]);
  });

  test('asked for what is there now, it brings what lies behind what is of other lanes', async () => {
    const hanoi = newConversation();
    const after = await lastPositionOf(nc, 'conv');
    await using feed = await opened({ after, sizeMax: 10, lanes: new Set(['c', 'r.pos']) });
    await write(hanoi, 'm', numbered(hanoi, 25));
    const left = await write(hanoi, 'c', [{ type: 'conversation.member-left', aggregateId: hanoi }]);
    const items: FeedItem<MessageEvent>[] = [];
    for (let batch = await feed.next(0); batch.length > 0; batch = await feed.next(0)) items.push(...batch);
    expect(items.map(({ position }) => position)).toContain(left);
    expect(feed.hasMore).toBe(false);
  });

  test('can be hurried', async () => {
    await using feed = await opened({ after: (await lastPositionOf(nc, 'conv')) + 1_000_000 });
    const waiting = feed.next(DEADLINE_MS);
    feed.hurry();
    expect(await waiting).toEqual([]);
  });

  test('hands on what is no event, and goes on', async () => {
    const hanoi = newConversation();
    const after = await lastPositionOf(nc, 'conv');
    for (const body of ['', 'null', '"text"', '{"type":7}', '{']) await publish(hanoi, 'm', body);
    const last = await write(hanoi, 'm', numbered(hanoi, 1));
    const { items } = await readUpTo(last, { after });
    const own = items.filter((item) => item.kind === 'unreadable' && item.subject.includes(hanoi));
    expect(own).toHaveLength(5);
    expect(items.at(-1)).toMatchObject({ kind: 'event', position: last });
  });

  test('begins at a time, where it is asked to', async () => {
    const hanoi = newConversation();
    await write(hanoi, 'm', numbered(hanoi, 1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const since = new Date();
    const last = await write(hanoi, 'm', numbered(hanoi, 3));
    const feed = await openEventFeed<MessageEvent>(nc, {
      log: 'conv',
      from: { since },
      sizeMax: 100,
    });
    const { items } = await drain(feed, last);
    const own = items.filter((item) => item.kind === 'event' && item.event.aggregateId === hanoi);
    expect(own).toHaveLength(3);
  });

  test('is empty-handed when nothing comes, and ends with an error once it is stopped', async () => {
    const after = (await lastPositionOf(nc, 'conv')) + 1_000_000;
    const feed = await openEventFeed<MessageEvent>(nc, {
      log: 'conv',
      from: { after },
      sizeMax: 10,
    });
    expect(await feed.next(50)).toEqual([]);
    const waiting = feed.next(DEADLINE_MS).catch((error: unknown) => error);
    await feed.stop();
    expect(await waiting).toBeInstanceOf(FeedEndedError);
    await feed.stop();
  });
});

interface Opening {
  readonly after: number;
  readonly sizeMax?: number;
  readonly lanes?: ReadonlySet<string>;
}

async function opened({ after, sizeMax = 100, lanes }: Opening) {
  const feed = await openEventFeed<MessageEvent>(nc, {
    log: 'conv',
    from: { after },
    sizeMax,
    ...(lanes === undefined ? {} : { lanes }),
  });
  return Object.assign(feed, { [Symbol.asyncDispose]: () => feed.stop() });
}

async function readUpTo(last: number, opening: Opening) {
  return drain(await opened(opening), last);
}

async function drain(feed: EventFeed<MessageEvent>, last: number) {
  const items: FeedItem<MessageEvent>[] = [];
  const sizes: number[] = [];
  const endMs = Date.now() + DEADLINE_MS;
  try {
    while ((items.at(-1)?.position ?? 0) < last && Date.now() < endMs) {
      const batch = await feed.next(IDLE_MS);
      sizes.push(batch.length);
      items.push(...batch);
    }
  } finally {
    await feed.stop();
  }
  // Other tests write to the same log: what came after our last event is theirs.
  return { items: items.filter(({ position }) => position <= last), sizes };
}

function newConversation(): ConversationId {
  return newId('cnv');
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function numbered(conversationId: ConversationId, count: number): object[] {
  return numbers(count).map((seq) => ({ type: 'message.sent', aggregateId: conversationId, seq }));
}

async function write(
  conversationId: ConversationId,
  lane: string,
  events: readonly object[],
): Promise<number> {
  let position = 0;
  for (const event of events) position = await publish(conversationId, lane, JSON.stringify(event));
  return position;
}

async function publish(conversationId: ConversationId, lane: string, body: string): Promise<number> {
  const reply = await nc.request(eventSubject('conv', main, { aggregateId: conversationId, lane }), body);
  return reply.json<{ seq: number }>().seq;
}
