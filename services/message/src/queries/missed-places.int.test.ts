import type { ConversationEvent, MessageEvent, PositionEvent, RecordedEvent } from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  hanoi,
  hue,
  runProjection,
  sentText,
  timeOf,
} from '@parley/testing';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { receipts } from '../projections/receipts.projection.ts';
import { timeline } from '../projections/timeline.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { listEndedStays } from './list-ended-stays.query.ts';
import { listMissedPositions } from './list-missed-positions.query.ts';

const test = databaseTest<MessageDb>(migrations);

type Fact = ConversationEvent | MessageEvent | PositionEvent;

const started = (conversationId: typeof hanoi): Fact => ({
  type: 'conversation.started',
  data: {
    conversationId,
    kind: 'group',
    members: [an, binh, chi].map((userId) => ({
      userId,
      role: userId === an ? ('owner' as const) : ('member' as const),
    })),
  },
});

const read = (userId: typeof an, upToSeq: number, more: { private?: boolean } = {}): Fact => ({
  type: 'message.positions-advanced',
  data: { conversationId: hanoi, positions: [{ userId, upToSeq, readAt: timeOf(upToSeq), ...more }] },
});

/** 1 and 2 start them, 3 and 4 are messages; An reads at 5 and 8, Bình privately at 6, Chi gets it at 7. */
function tell() {
  return chronicle<Fact>()
    .record(hanoi, an, started(hanoi))
    .record(hue, an, started(hue))
    .record(hanoi, an, sentText(hanoi, 2))
    .record(hanoi, binh, sentText(hanoi, 3))
    .record(hanoi, an, read(an, 2))
    .record(hanoi, binh, read(binh, 2, { private: true }))
    .record(hanoi, chi, {
      type: 'message.deliveries-advanced',
      data: { conversationId: hanoi, positions: [{ userId: chi, upToSeq: 3, deliveredAt: timeOf(7) }] },
    })
    .record(hanoi, an, read(an, 3));
}

async function fold(db: Kysely<MessageDb>, events: readonly RecordedEvent<Fact>[]) {
  // Each projection passes over what it has no row for.
  await runProjection(db, timeline, events as readonly RecordedEvent<ConversationEvent | MessageEvent>[]);
  await runProjection(db, receipts, events as readonly RecordedEvent<PositionEvent>[]);
}

test('where members have come since a position, and private reading to its own person only', async ({
  db,
}) => {
  await fold(db, tell().events);
  const own = { userId: binh, limit: 10 };
  expect(await listMissedPositions(db, { ...own, since: 4 })).toEqual({
    positions: [
      {
        conversationId: hanoi,
        reads: [
          { userId: an, upToSeq: 3, readAt: timeOf(3) },
          { userId: binh, upToSeq: 2, readAt: timeOf(2) },
        ],
        deliveries: [{ userId: chi, upToSeq: 3, deliveredAt: timeOf(7) }],
      },
    ],
    hasMore: false,
  });
  const toAn = await listMissedPositions(db, { userId: an, limit: 10, since: 5 });
  expect(toAn.positions[0]?.reads.map(({ userId }) => userId)).toEqual([an]);
  expect((await listMissedPositions(db, { ...own, since: 7 })).positions).toMatchObject([{ deliveries: [] }]);
  expect(await listMissedPositions(db, { ...own, since: 8 })).toEqual({ positions: [], hasMore: false });
  expect(await listMissedPositions(db, { ...own, since: 4, after: hanoi })).toEqual({
    positions: [],
    hasMore: false,
  });
});

test('which stays have ended since a position, but not those of who came back', async ({ db }) => {
  const gone = { conversationId: hue, userId: binh };
  const story = tell()
    .record(hue, an, { type: 'conversation.member-removed', data: { ...gone, removedBy: an } })
    .record(hanoi, binh, { type: 'conversation.member-left', data: { conversationId: hanoi, userId: binh } })
    .record(hue, an, {
      type: 'conversation.members-added',
      data: { conversationId: hue, members: [{ userId: binh, role: 'member' }], addedBy: an },
    });
  await fold(db, story.events);
  const own = { userId: binh, limit: 10 };
  expect(await listEndedStays(db, { ...own, since: 8 })).toEqual({
    ended: [{ conversationId: hanoi, seq: 4, reason: 'left' }],
    upTo: 10,
    hasMore: false,
  });
  story.record(hue, an, {
    type: 'conversation.dissolved',
    data: { conversationId: hue, memberIds: [an, binh, chi] },
  });
  await fold(db, story.events);
  expect(await listEndedStays(db, { ...own, since: 8, limit: 1 })).toMatchObject({ upTo: 10, hasMore: true });
  expect((await listEndedStays(db, { ...own, since: 10, limit: 1 })).ended).toEqual([
    { conversationId: hue, seq: 4, reason: 'dissolved' },
  ]);
  expect(await listEndedStays(db, { ...own, since: 12 })).toEqual({ ended: [], upTo: 12, hasMore: false });
});
