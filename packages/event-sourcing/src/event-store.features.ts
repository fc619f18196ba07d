import {
  type AggregateId,
  type ClientMessageId,
  type ConversationEvent,
  type ConversationId,
  type MessageEvent,
  type PositionEvent,
  newId,
  newUuidV7,
  type StoredEvent,
  type Tenant,
  type Timestamp,
  type UserId,
} from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { type EventStore, RevisionConflictError } from './event-store.ts';

type LogEvent = ConversationEvent | MessageEvent | PositionEvent;

const tenant = 'main' as Tenant;

/** What every event store does, whatever it stands on: run over memory and over JetStream. */
export function describeEventStore(name: string, open: () => Promise<EventStore<LogEvent>>): void {
  describe(`event store: ${name}`, () => {
    test('a log begins at nothing', async () => {
      const store = await open();
      expect(await store.tail(newId('cnv'))).toEqual({ position: 0, seq: 0 });
    });

    test('an append moves the tail and is read back', async () => {
      const store = await open();
      const log = aLog();
      const [position] = await store.append(log.id, [log.started(1)], 0);
      expect(await store.tail(log.id)).toEqual({ position, seq: 1 });
      const [event] = await store.readLane(log.id, 'c', { upTo: Number.MAX_SAFE_INTEGER });
      expect(event).toMatchObject({ type: 'conversation.started', seq: 1, position, aggregateId: log.id });
    });

    test('a lane has a position of its own, whether it is numbered or not', async () => {
      const store = await open();
      const log = aLog();
      expect(await store.lanePosition(log.id, 'c')).toBe(0);
      const [started = 0] = await store.append(log.id, [log.started(1)], 0);
      await store.append(log.id, [log.said('Chào em', 2)], started);
      expect(await store.lanePosition(log.id, 'c')).toBe(started);
      expect(await store.lanePosition(log.id, 'r.pos')).toBe(0);
    });

    test('two lanes share one order and one expectation', async () => {
      const store = await open();
      const log = aLog();
      const [first = 0] = await store.append(log.id, [log.started(1)], 0);
      const [second = 0] = await store.append(log.id, [log.said('Chào em', 2)], first);
      expect(second).toBeGreaterThan(first);
      await expect(store.append(log.id, [log.left(3)], first)).rejects.toBeInstanceOf(RevisionConflictError);
      expect((await store.tail(log.id)).seq).toBe(2);
    });

    test('of twenty who expect the same position one wins', async () => {
      const store = await open();
      const log = aLog();
      const races = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => store.append(log.id, [log.said(`message ${index}`, 1)], 0)),
      );
      expect(races.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await store.readLane(log.id, 'm', { upTo: Number.MAX_SAFE_INTEGER })).toHaveLength(1);
    });

    test('several events are stored together, in order', async () => {
      const store = await open();
      const log = aLog();
      const positions = await store.append(
        log.id,
        [log.started(1), log.said('một', 2), log.said('hai', 3)],
        0,
      );
      expect(positions).toHaveLength(3);
      expect(await store.tail(log.id)).toEqual({ position: positions[2], seq: 3 });
      const said = await store.readLane(log.id, 'm', { upTo: Number.MAX_SAFE_INTEGER });
      expect(said.map(({ seq, position }) => [seq, position])).toEqual([
        [2, positions[1]],
        [3, positions[2]],
      ]);
    });

    test('several events with a stale expectation are refused together', async () => {
      const store = await open();
      const log = aLog();
      await store.append(log.id, [log.started(1)], 0);
      await expect(store.append(log.id, [log.said('một', 2), log.said('hai', 3)], 0)).rejects.toBeInstanceOf(
        RevisionConflictError,
      );
      expect(await store.readLane(log.id, 'm', { upTo: Number.MAX_SAFE_INTEGER })).toEqual([]);
    });

    test('a range is read exactly', async () => {
      const store = await open();
      const log = aLog();
      const positions: number[] = [];
      for (let seq = 1; seq <= 5; seq += 1) {
        positions.push(
          ...(await store.append(log.id, [log.said(`message ${seq}`, seq)], positions.at(-1) ?? 0)),
        );
      }
      const range = { after: positions[0] ?? 0, upTo: positions[3] ?? 0 };
      expect((await store.readLane(log.id, 'm', range)).map(({ seq }) => seq)).toEqual([2, 3, 4]);
    });

    test('a lane longer than a page is read whole', async () => {
      const store = await open();
      const log = aLog();
      let position = 0;
      for (let seq = 1; seq <= 1_100; seq += 100) {
        const events = Array.from({ length: 100 }, (_, index) => log.said('dài', seq + index));
        position = (await store.append(log.id, events, position)).at(-1) ?? 0;
      }
      const read = await store.readLane(log.id, 'm', { upTo: position });
      expect(read.map(({ seq }) => seq)).toEqual(Array.from({ length: 1_100 }, (_, index) => index + 1));
    });

    test('a lane is read since a time', async () => {
      const store = await open();
      const log = aLog();
      const [first = 0] = await store.append(log.id, [log.said('sớm', 1)], 0);
      await new Promise((resolve) => setTimeout(resolve, 30));
      const since = new Date();
      await new Promise((resolve) => setTimeout(resolve, 30));
      const [second = 0] = await store.append(log.id, [log.said('muộn', 2)], first);
      expect((await store.readLane(log.id, 'm', { since, upTo: second })).map(({ seq }) => seq)).toEqual([2]);
    });

    test('positions are outside the order, and a repeat of one is dropped', async () => {
      const store = await open();
      const log = aLog();
      const [first] = await store.append(log.id, [log.said('đọc đi', 1)], 0);
      const read = log.read(1);
      const stored = await store.appendUnnumbered(read, `${log.id}:read-1`);
      expect(await store.appendUnnumbered(read, `${log.id}:read-1`)).toBe(stored);
      expect(await store.tail(log.id)).toEqual({ position: first, seq: 1 });
      expect(await store.readLane(log.id, 'r.pos', { upTo: Number.MAX_SAFE_INTEGER })).toHaveLength(1);
    });
  });
}

function aLog() {
  const id: ConversationId = newId('cnv');
  const an: UserId = newId('usr');
  const at = '2026-11-21T08:00:00.000Z' as Timestamp;
  const envelope = (seq: number | undefined) => ({
    id: newId<string>('evt'),
    v: 1,
    tenant,
    aggregateId: id as AggregateId,
    ...(seq === undefined ? {} : { seq }),
    actorId: an,
    at,
    causationId: newId<string>('cmd'),
    correlationId: 'a-test',
  });
  return {
    id,
    started: (seq: number): StoredEvent<LogEvent> => ({
      ...envelope(seq),
      type: 'conversation.started',
      data: { conversationId: id, kind: 'group', name: 'Hà Nội', members: [{ userId: an, role: 'owner' }] },
    }),
    said: (text: string, seq: number): StoredEvent<LogEvent> => ({
      ...envelope(seq),
      type: 'message.sent',
      data: {
        conversationId: id,
        messageId: newId('msg'),
        clientMessageId: newUuidV7() as ClientMessageId,
        content: { type: 'text', text },
      },
    }),
    left: (seq: number): StoredEvent<LogEvent> => ({
      ...envelope(seq),
      type: 'conversation.member-left',
      data: { conversationId: id, userId: an },
    }),
    read: (upToSeq: number): StoredEvent<LogEvent> => ({
      ...envelope(undefined),
      type: 'message.positions-advanced',
      data: { conversationId: id, positions: [{ userId: an, upToSeq, readAt: at }] },
    }),
  };
}
