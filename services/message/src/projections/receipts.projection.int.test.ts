import { type PositionEvent, RECEIPT_TIME_SEQ_COUNT, type UserId } from '@parley/contracts';
import {
  an,
  binh,
  chronicle,
  databaseTest,
  describeReplay,
  hanoi,
  hue,
  runProjection,
  timeOf,
} from '@parley/testing';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { receipts } from './receipts.projection.ts';

const test = databaseTest<MessageDb>(migrations);

type Place = readonly [userId: UserId, upToSeq: number, second: number];

const read = (conversationId: typeof hanoi, ...places: readonly Place[]): PositionEvent => ({
  type: 'message.positions-advanced',
  data: {
    conversationId,
    positions: places.map(([userId, upToSeq, second]) => ({ userId, upToSeq, readAt: timeOf(second) })),
  },
});
const readPrivately = (...[userId, upToSeq, second]: Place): PositionEvent => ({
  type: 'message.positions-advanced',
  data: {
    conversationId: hanoi,
    positions: [{ userId, upToSeq, readAt: timeOf(second), private: true }],
  },
});
const delivered = (conversationId: typeof hanoi, ...places: readonly Place[]): PositionEvent => ({
  type: 'message.deliveries-advanced',
  data: {
    conversationId,
    positions: places.map(([userId, upToSeq, second]) => ({ userId, upToSeq, deliveredAt: timeOf(second) })),
  },
});

const { events: history } = chronicle<PositionEvent>()
  .record(hanoi, an, delivered(hanoi, [an, 3, 0], [binh, 3, 1]))
  .record(hanoi, an, read(hanoi, [an, 3, 1], [binh, 1, 1]))
  .record(hanoi, an, read(hanoi, [an, 5, 2]))
  .record(hue, an, read(hue, [an, 1, 3]))
  .record(hanoi, an, read(hanoi, [an, 5, 4], [an, 4, 4]))
  .record(hanoi, an, readPrivately(an, 7, 5))
  .record(hanoi, binh, read(hanoi, [binh, 2, 5]))
  .record(hanoi, binh, delivered(hanoi, [binh, 4, 6]));

async function stepsIn(db: Kysely<MessageDb>) {
  const rows = await db
    .selectFrom('receipt')
    .select(['conversation_id', 'user_id', 'kind', 'up_to_seq', 'at'])
    .orderBy('conversation_id')
    .orderBy('user_id')
    .orderBy('kind')
    .orderBy('up_to_seq')
    .execute();
  return rows.map(({ conversation_id, user_id, kind, up_to_seq, at }) => [
    conversation_id === hanoi ? 'Hà Nội' : 'Huế',
    user_id === an ? 'An' : 'Bình',
    kind,
    up_to_seq,
    at.toISOString(),
  ]);
}

test('shows when each person had first come how far', async ({ db }) => {
  await runProjection(db, receipts, history);
  expect(await stepsIn(db)).toEqual([
    ['Hà Nội', 'An', 'delivered', 3, timeOf(0)],
    ['Hà Nội', 'An', 'private-read', 7, timeOf(5)],
    ['Hà Nội', 'An', 'read', 3, timeOf(1)],
    ['Hà Nội', 'An', 'read', 5, timeOf(2)],
    ['Hà Nội', 'Bình', 'delivered', 3, timeOf(1)],
    ['Hà Nội', 'Bình', 'delivered', 4, timeOf(6)],
    ['Hà Nội', 'Bình', 'read', 1, timeOf(1)],
    ['Hà Nội', 'Bình', 'read', 2, timeOf(5)],
    ['Huế', 'An', 'read', 1, timeOf(3)],
  ]);
});

test('a position that comes late counts from its own time, and makes the later steps below it idle', async ({
  db,
}) => {
  const { events } = chronicle<PositionEvent>()
    .record(hanoi, an, read(hanoi, [an, 2, 10]))
    .record(hanoi, an, read(hanoi, [an, 4, 12]))
    .record(hanoi, an, read(hanoi, [an, 6, 14]))
    .record(hanoi, an, read(hanoi, [an, 5, 11]))
    .record(hanoi, an, read(hanoi, [an, 3, 13]));
  await runProjection(db, receipts, events);
  expect(await stepsIn(db)).toEqual([
    ['Hà Nội', 'An', 'read', 2, timeOf(10)],
    ['Hà Nội', 'An', 'read', 5, timeOf(11)],
    ['Hà Nội', 'An', 'read', 6, timeOf(14)],
  ]);
});

test('the times of what is far behind are let go', async ({ db }) => {
  const { events } = chronicle<PositionEvent>()
    .record(hanoi, an, read(hanoi, [an, 1, 1]))
    .record(hanoi, an, read(hanoi, [an, 2, 2]))
    .record(hanoi, an, read(hanoi, [an, 1 + RECEIPT_TIME_SEQ_COUNT, 3]))
    .record(hanoi, an, read(hanoi, [an, 1, 0]));
  await runProjection(db, receipts, events);
  expect(await stepsIn(db)).toEqual([
    ['Hà Nội', 'An', 'read', 2, timeOf(2)],
    ['Hà Nội', 'An', 'read', 1 + RECEIPT_TIME_SEQ_COUNT, timeOf(3)],
  ]);
});

describeReplay(receipts, { migrations, history });
