import type { ConversationEvent, MessageEvent, MessageId, PositionEvent, UserId } from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  dung,
  hanoi,
  runProjection,
  sentText,
  timeOf,
} from '@parley/testing';
import type { Kysely } from 'kysely';
import { describe, expect } from 'vitest';

import { receipts } from '../projections/receipts.projection.ts';
import { timeline } from '../projections/timeline.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { getReceiptStats } from './get-receipt-stats.query.ts';
import { listReadPositions } from './list-read-positions.query.ts';
import { listReceipts } from './list-receipts.query.ts';

const test = databaseTest<MessageDb>(migrations);

const members = [an, binh, chi].map((userId) => ({ userId, role: 'member' as const }));
const started: ConversationEvent = {
  type: 'conversation.started',
  data: { conversationId: hanoi, kind: 'group', members },
};
const removed = (userId: UserId): ConversationEvent => ({
  type: 'conversation.member-removed',
  data: { conversationId: hanoi, userId, removedBy: an },
});
const added = (userId: UserId): ConversationEvent => ({
  type: 'conversation.members-added',
  data: { conversationId: hanoi, members: [{ userId, role: 'member' }], addedBy: an },
});
const read = (userId: UserId, upToSeq: number, second: number): PositionEvent => ({
  type: 'message.positions-advanced',
  data: { conversationId: hanoi, positions: [{ userId, upToSeq, readAt: timeOf(second) }] },
});
const readPrivately = (userId: UserId, upToSeq: number, second: number): PositionEvent => ({
  type: 'message.positions-advanced',
  data: { conversationId: hanoi, positions: [{ userId, upToSeq, readAt: timeOf(second), private: true }] },
});
const delivered = (userId: UserId, upToSeq: number, second: number): PositionEvent => ({
  type: 'message.deliveries-advanced',
  data: { conversationId: hanoi, positions: [{ userId, upToSeq, deliveredAt: timeOf(second) }] },
});
const tell = async (
  db: Kysely<MessageDb>,
  numbered: readonly (ConversationEvent | MessageEvent)[],
  positions: readonly PositionEvent[],
) => {
  const story = chronicle<ConversationEvent | MessageEvent>();
  for (const fact of numbered) story.record(hanoi, an, fact);
  await runProjection(db, timeline, story.events);
  const places = chronicle<PositionEvent>();
  for (const fact of positions) places.record(hanoi, an, fact);
  await runProjection(db, receipts, places.events);
};

describe('how far everybody is', () => {
  const asked = { userId: an, conversationId: hanoi };

  test('members see how far each member has read, and what has come to them', async ({ db }) => {
    await tell(db, [started, removed(chi)], [read(binh, 1, 9), read(chi, 1, 9), delivered(binh, 2, 10)]);
    expect(await listReadPositions(db, asked)).toEqual({
      data: [{ userId: binh, upToSeq: 1, readAt: timeOf(9) }],
      deliveries: [{ userId: binh, upToSeq: 2, deliveredAt: timeOf(10) }],
    });
  });

  test('what was read was delivered', async ({ db }) => {
    await tell(db, [started], [delivered(binh, 1, 3), read(binh, 2, 9)]);
    expect((await listReadPositions(db, asked))?.deliveries).toEqual([
      { userId: binh, upToSeq: 2, deliveredAt: timeOf(9) },
    ]);
  });

  test('what Bình reads privately only Bình sees', async ({ db }) => {
    await tell(db, [started], [read(binh, 1, 3), readPrivately(binh, 2, 9)]);
    expect((await listReadPositions(db, asked))?.data).toEqual([
      { userId: binh, upToSeq: 1, readAt: timeOf(3) },
    ]);
    expect((await listReadPositions(db, { ...asked, userId: binh }))?.data).toEqual([
      { userId: binh, upToSeq: 2, readAt: timeOf(9) },
    ]);
  });

  test('where nobody has read anything the list is empty', async ({ db }) => {
    await tell(db, [started], []);
    expect(await listReadPositions(db, asked)).toEqual({ data: [], deliveries: [] });
  });

  test('others see nothing', async ({ db }) => {
    await tell(db, [started, removed(chi)], [read(binh, 1, 1)]);
    for (const userId of [chi, dung]) {
      expect(await listReadPositions(db, { ...asked, userId })).toBeUndefined();
    }
  });
});

describe('who has a message, and who has read it', () => {
  const message = sentText(hanoi, 1);
  const { messageId } = message.data;
  const asked = { userId: an, messageId };
  // The message is number 2.
  const numbered = [started, message];
  const listed = { ...asked, state: 'delivered' as const, after: undefined, limit: 100 };

  test('a time is the earliest that covers the message', async ({ db }) => {
    await tell(
      db,
      [...numbered, sentText(hanoi, 2), sentText(hanoi, 3)],
      [
        delivered(binh, 1, 1),
        delivered(binh, 3, 2),
        delivered(binh, 4, 3),
        read(binh, 1, 4),
        read(binh, 4, 5),
        delivered(chi, 1, 6),
      ],
    );
    expect((await listReceipts(db, listed))?.data).toEqual([
      { userId: binh, state: 'read', deliveredAt: timeOf(2), readAt: timeOf(5) },
    ]);
    expect(await getReceiptStats(db, asked)).toEqual({
      messageId,
      conversationId: hanoi,
      seq: 2,
      recipientCount: 2,
      delivered: { count: 1, percentage: 50, firstAt: timeOf(2) },
      read: { count: 1, percentage: 50, firstAt: timeOf(5) },
    });
  });

  test('the sender, who came later and who has gone do not count', async ({ db }) => {
    await tell(
      db,
      [...numbered, added(dung), removed(chi)],
      [read(an, 2, 1), read(dung, 3, 2), read(chi, 2, 3), delivered(binh, 2, 4)],
    );
    expect(await getReceiptStats(db, asked)).toMatchObject({
      recipientCount: 1,
      delivered: { count: 1, percentage: 100 },
      read: { count: 0, percentage: 0, firstAt: null },
    });
  });

  test('what is read privately is delivered at most', async ({ db }) => {
    await tell(db, numbered, [delivered(binh, 2, 1), readPrivately(binh, 2, 2), readPrivately(chi, 2, 3)]);
    for (const userId of [an, binh]) {
      expect((await listReceipts(db, { ...listed, userId }))?.data).toEqual([
        { userId: binh, state: 'delivered', deliveredAt: timeOf(1), readAt: null },
      ]);
    }
  });

  test('a list is read page by page, the first first, and readers alone where asked for', async ({ db }) => {
    await tell(db, numbered, [read(chi, 2, 3), delivered(binh, 2, 5)]);
    const first = await listReceipts(db, { ...listed, limit: 1 });
    expect(first?.data.map(({ userId }) => userId)).toEqual([chi]);
    const second = await listReceipts(db, { ...listed, limit: 1, after: first?.nextCursor });
    expect(second?.data.map(({ userId }) => userId)).toEqual([binh]);
    expect(second?.nextCursor).toBeUndefined();
    const readers = await listReceipts(db, { ...listed, state: 'read' });
    expect(readers?.data.map(({ userId }) => userId)).toEqual([chi]);
  });

  test('a message for nobody has no percentages to divide by', async ({ db }) => {
    await tell(db, [...numbered, removed(binh), removed(chi)], []);
    expect(await getReceiptStats(db, asked)).toMatchObject({
      recipientCount: 0,
      read: { count: 0, percentage: 0 },
    });
  });

  test('who is not in it, or a message that is not there, is the same nothing', async ({ db }) => {
    await tell(db, [...numbered, removed(chi)], []);
    const nowhere = 'msg_0000000000000000000000000z' as MessageId;
    for (const nobody of [
      { ...asked, userId: chi },
      { ...asked, userId: dung },
      { ...asked, messageId: nowhere },
    ]) {
      expect(await getReceiptStats(db, nobody)).toBeUndefined();
      expect(await listReceipts(db, { ...listed, ...nobody })).toBeUndefined();
    }
  });
});
