import type { NatsConnection } from '@nats-io/transport-node';
import {
  type ConversationId,
  newId,
  type StoredEvent,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { JetStreamEventStore } from '@parley/jetstream';
import { testNats } from '@parley/testing';
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest';

import type { ClientSession } from '../transport/client-session.ts';
import type { ConversationLog } from './conversation-feed.ts';
import { Feeds } from './feeds.ts';
import { HiddenMessages } from './hidden-messages.ts';

const tenant = 'main' as Tenant;
const an: UserId = newId('usr');
const binh: UserId = newId('usr');

let writer: NatsConnection;
let reader: NatsConnection;
let log: JetStreamEventStore<ConversationLog>;
const nothingIsHidden = { ask: async () => [], onFault: () => undefined };

let feeds: Feeds;

beforeAll(async () => {
  [writer, reader] = await Promise.all([testNats('admin'), testNats('gateway')]);
  log = await JetStreamEventStore.open(writer, { log: 'conv', tenant });
});
afterAll(async () => Promise.all([writer.close(), reader.close()]));
beforeEach(async () => {
  feeds = new Feeds({
    nc: reader,
    tenant,
    hidden: new HiddenMessages(nothingIsHidden),
    store: await JetStreamEventStore.open<ConversationLog>(reader, { log: 'conv', tenant }),
    deliver: (event, feed) => {
      if (event.type === 'conversation.member-removed') feeds.evict(feed, event.data.userId);
    },
    signal: () => undefined,
    onFault: () => undefined,
  });
});
afterEach(() => feeds.stop());

test('a stranger who guesses leaves nothing behind', async () => {
  const stranger = sessionOf(newId('usr'));
  const guesses = Array.from({ length: 50 }, () => feeds.join(stranger, newId('cnv')));
  expect(await Promise.all(guesses)).toEqual(Array(50).fill(undefined));
  expect(feeds.size).toBe(0);
});

test('a stranger beside a member takes nothing from the member', async () => {
  const conversationId = await conversationOf([an]);
  const session = sessionOf(an);
  const [joined, refused] = await Promise.all([
    feeds.join(session, conversationId),
    feeds.join(sessionOf(newId('usr')), conversationId),
  ]);
  expect(refused).toBeUndefined();
  expect(joined?.listeners.get(an)?.has(session)).toBe(true);
  expect(feeds.find(conversationId)).toBe(joined);
});

test('who was removed and let in again listens, though the feed had not heard of either', async () => {
  const conversationId = await conversationOf([an, binh]);
  const session = sessionOf(binh);
  const feed = await feeds.join(session, conversationId);
  feed?.hold();
  await append(conversationId, 2, { type: 'conversation.member-removed', userId: binh, removedBy: an });
  const members = [{ userId: binh, role: 'member' }];
  await append(conversationId, 3, { type: 'conversation.members-added', members, addedBy: an });
  await reader.flush();
  const resumed = feeds.resumeAll();
  expect(await feeds.join(session, conversationId, 3)).toBe(feed);
  await resumed;
  expect(feed?.listeners.get(binh)?.has(session)).toBe(true);
});

async function conversationOf(people: readonly UserId[]): Promise<ConversationId> {
  const conversationId: ConversationId = newId('cnv');
  const members = people.map((userId) => ({ userId, role: 'member' }));
  await append(conversationId, 1, { type: 'conversation.started', kind: 'group', members });
  return conversationId;
}

async function append(
  conversationId: ConversationId,
  seq: number,
  { type, ...data }: { readonly type: string; readonly [property: string]: unknown },
): Promise<void> {
  const event = {
    type,
    data: { conversationId, ...data },
    id: newId('evt'),
    v: 1,
    tenant,
    aggregateId: conversationId,
    seq,
    actorId: an,
    at: timestampOf(Date.now()),
    causationId: newId('cmd'),
    correlationId: 'a-test',
  };
  const { position } = await log.tail(conversationId);
  await log.append(conversationId, [event as unknown as StoredEvent<ConversationLog>], position);
}

/** As much of a socket as a feed asks of it. */
function sessionOf(userId: UserId): ClientSession {
  const session = { identity: { userId }, conversations: new Set(), socket: { disconnected: false } };
  return session as unknown as ClientSession;
}
