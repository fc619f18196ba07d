import type {
  ConversationEvent,
  ConversationId,
  MessageEvent,
  MessageSent,
  OwnViewEvent,
  PositionEvent,
  RecordedEvent,
} from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  hanoi,
  hue,
  placeOfText,
  runProjection,
  sentText,
  timeOf,
} from '@parley/testing';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { conversationList } from '../projections/conversation-list.projection.ts';
import { memberList } from '../projections/member-list.projection.ts';
import { ownView } from '../projections/own-view.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { listTouchedConversations } from './list-touched-conversations.query.ts';
import { getConversations } from './get-conversations.query.ts';
import { listMissedHeads } from './list-missed-heads.query.ts';

const test = databaseTest<ConversationDb>(migrations);

type Fact = ConversationEvent | MessageEvent | PositionEvent;

const started = (conversationId: ConversationId): Fact => ({
  type: 'conversation.started',
  data: {
    conversationId,
    kind: 'group',
    members: [
      { userId: an, role: 'owner' },
      { userId: binh, role: 'member' },
    ],
  },
});

/** 1 and 2 start Hanoi and Hue, 3 is a message in Hanoi, 4 edits it, 5 is An reading in Hue, and 6 is an invite there. */
async function tell(db: Kysely<ConversationDb>) {
  const { events } = chronicle<Fact>()
    .record(hanoi, an, started(hanoi))
    .record(hue, an, started(hue))
    .record(hanoi, an, sentText(hanoi, 2))
    .record(hanoi, an, {
      type: 'message.edited',
      data: { ...placeOfText(hanoi, 2, 2), content: { type: 'text', text: 'sửa' } },
    })
    .record(hue, an, {
      type: 'message.positions-advanced',
      data: { conversationId: hue, positions: [{ userId: an, upToSeq: 1, readAt: timeOf(5) }] },
    })
    .record(hue, an, {
      type: 'conversation.invite-created',
      data: { conversationId: hue, inviteId: 'inv_00000000000000000000000001' as never, codeHash: 'x' },
    });
  await runProjection(
    db,
    memberList,
    events as readonly RecordedEvent<ConversationEvent | MessageSent | PositionEvent>[],
  );
  await runProjection(
    db,
    conversationList,
    events as readonly RecordedEvent<ConversationEvent | MessageEvent>[],
  );
  const { events: own } = chronicle<OwnViewEvent>()
    .record(binh, binh, {
      type: 'conversation.preferences-changed',
      data: { conversationId: hue, archived: true },
    })
    .record(binh, binh, {
      type: 'conversation.preferences-changed',
      data: { conversationId: hanoi, pinnedAt: timeOf(1) },
    });
  await runProjection(db, ownView, own);
}

async function touchedBy(
  db: Kysely<ConversationDb>,
  userId: typeof an,
  since: { conv: number; user: number },
) {
  const { conversations } = await listTouchedConversations(db, { userId, since, limit: 10 });
  return conversations.map(({ conversationId }) => conversationId);
}

test('what has not moved on, but was read or is kept otherwise since then', async ({ db }) => {
  await tell(db);
  // What has moved on is told with its messages.
  expect(await touchedBy(db, an, { conv: 3, user: 9 })).toEqual([]);
  expect(await touchedBy(db, an, { conv: 4, user: 9 })).toEqual([]);
  expect(await touchedBy(db, an, { conv: 6, user: 9 })).toEqual([]);
  // The reading of others is none of the list's.
  expect(await touchedBy(db, binh, { conv: 6, user: 1 })).toEqual([hanoi]);
  expect(await touchedBy(db, binh, { conv: 6, user: 0 })).toEqual([hanoi, hue]);
  expect(await touchedBy(db, binh, { conv: 6, user: 2 })).toEqual([]);
  const read = chronicle<Fact>();
  for (let position = 1; position <= 6; position += 1) read.record(hanoi, an, sentText(hanoi, position));
  read.record(hanoi, binh, {
    type: 'message.positions-advanced',
    data: { conversationId: hanoi, positions: [{ userId: binh, upToSeq: 2, readAt: timeOf(7) }] },
  });
  await runProjection(db, memberList, read.events as readonly RecordedEvent<PositionEvent>[]);
  expect(await touchedBy(db, binh, { conv: 6, user: 2 })).toEqual([hanoi]);
  expect(await touchedBy(db, an, { conv: 6, user: 2 })).toEqual([]);
});

test('a page goes on after the last id, and shows each as its person sees it', async ({ db }) => {
  await tell(db);
  const since = { conv: 6, user: 0 };
  const first = await listTouchedConversations(db, { userId: binh, since, limit: 1 });
  expect(first).toMatchObject({
    conversations: [{ conversationId: hanoi, isPinned: true, lastSeq: 3 }],
    hasMore: true,
  });
  expect(await listTouchedConversations(db, { userId: binh, since, limit: 1, after: hanoi })).toMatchObject({
    conversations: [{ conversationId: hue, isArchived: true, lastSeq: 2 }],
    hasMore: false,
  });
  const conversationIds = [hue, hanoi];
  expect(await getConversations(db, { userId: an, conversationIds })).toMatchObject([
    { conversationId: hanoi, isPinned: false },
    { conversationId: hue, isArchived: false },
  ]);
  expect(await getConversations(db, { userId: chi, conversationIds })).toEqual([]);
});

test('heads say how far each has come, a number that nobody is shown included', async ({ db }) => {
  await tell(db);
  expect(await listMissedHeads(db, { userId: binh, since: 0, limit: 1 })).toEqual({
    heads: [{ conversationId: hanoi, headSeq: 3, headPosition: 4 }],
    hasMore: true,
  });
  expect(await listMissedHeads(db, { userId: binh, since: 0, limit: 5, from: hue })).toEqual({
    heads: [{ conversationId: hue, headSeq: 2, headPosition: 6 }],
    hasMore: false,
  });
  expect((await listMissedHeads(db, { userId: binh, since: 4, limit: 5 })).heads).toHaveLength(1);
});
