import type { ConversationEvent, MessageSent, PositionEvent, Role, UserId } from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  describeReplay,
  hanoi,
  hue,
  runProjection,
  sentText,
  timeOf,
} from '@parley/testing';
import { expect } from 'vitest';

import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { memberList } from './member-list.projection.ts';

const test = databaseTest<ConversationDb>(migrations);

const started = {
  type: 'conversation.started',
  data: {
    conversationId: hanoi,
    kind: 'group',
    name: 'Hà Nội',
    members: [
      { userId: an, role: 'owner' },
      { userId: binh, role: 'member' },
    ],
  },
} satisfies ConversationEvent as Extract<ConversationEvent, { type: 'conversation.started' }>;
const added = (userId: UserId): ConversationEvent => ({
  type: 'conversation.members-added',
  data: { conversationId: hanoi, members: [{ userId, role: 'member' }], addedBy: an },
});
const removed = (userId: UserId): ConversationEvent => ({
  type: 'conversation.member-removed',
  data: { conversationId: hanoi, userId, removedBy: an },
});
const left = (userId: UserId): ConversationEvent => ({
  type: 'conversation.member-left',
  data: { conversationId: hanoi, userId },
});
const read = (...positions: (readonly [UserId, number])[]): PositionEvent => ({
  type: 'message.positions-advanced',
  data: {
    conversationId: hanoi,
    positions: positions.map(([userId, upToSeq]) => ({ userId, upToSeq, readAt: timeOf(0) })),
  },
});

const roleChanged = (role: Role): ConversationEvent => ({
  type: 'conversation.role-changed',
  data: { conversationId: hanoi, userId: binh, role },
});

const { events: history } = chronicle<ConversationEvent | MessageSent | PositionEvent>()
  .record(hanoi, an, started)
  .record(hanoi, an, added(chi))
  .record(hanoi, an, read([an, 2], [binh, 1]))
  .record(hanoi, binh, read([binh, 2]))
  .record(hanoi, an, read([an, 1]))
  .record(hanoi, an, removed(chi))
  .record(hanoi, binh, left(binh))
  .record(hanoi, an, added(chi))
  .record(hanoi, binh, {
    type: 'conversation.member-joined',
    data: { conversationId: hanoi, userId: binh },
  })
  .record(hanoi, an, roleChanged('moderator'))
  .record(hanoi, an, roleChanged('admin'))
  .record(hanoi, an, {
    type: 'conversation.ownership-transferred',
    data: { conversationId: hanoi, from: an, to: chi },
  })
  .record(hue, an, { ...started, data: { ...started.data, conversationId: hue } })
  .record(hue, an, {
    type: 'conversation.dissolved',
    data: { conversationId: hue, memberIds: [an, binh] },
  });

const columns = ['user_id', 'role', 'joined_at', 'joined_seq', 'read_up_to_seq'] as const;

test('shows who is in, since when, and the furthest that they have read', async ({ db }) => {
  await runProjection(db, memberList, history.slice(0, 5));

  const rows = await db.selectFrom('member').select(columns).orderBy('user_id').execute();
  expect(rows).toEqual([
    { user_id: an, role: 'owner', joined_at: new Date(timeOf(1)), joined_seq: 1, read_up_to_seq: 2 },
    { user_id: binh, role: 'member', joined_at: new Date(timeOf(1)), joined_seq: 1, read_up_to_seq: 2 },
    { user_id: chi, role: 'member', joined_at: new Date(timeOf(2)), joined_seq: 2, read_up_to_seq: 0 },
  ]);
});

test('who was removed or left is not shown; who comes again begins anew', async ({ db }) => {
  await runProjection(db, memberList, history.slice(0, 8));

  const rows = await db.selectFrom('member').select(columns).orderBy('user_id').execute();
  expect(rows.map(({ user_id, joined_seq }) => [user_id, joined_seq])).toEqual([
    [an, 1],
    [chi, 5],
  ]);
});

test('who answers has read what was said before, and nobody else has', async ({ db }) => {
  const { events } = chronicle<ConversationEvent | MessageSent | PositionEvent>()
    .record(hanoi, an, started)
    .record(hanoi, an, sentText(hanoi, 1))
    .record(hanoi, an, sentText(hanoi, 2))
    .record(hanoi, an, read([an, 1]))
    .record(hanoi, binh, sentText(hanoi, 3))
    .record(hanoi, an, read([binh, 2]));
  await runProjection(db, memberList, events);

  const rows = await db
    .selectFrom('member')
    .select(['user_id', 'read_up_to_seq'])
    .orderBy('user_id')
    .execute();
  expect(rows).toEqual([
    { user_id: an, read_up_to_seq: 3 },
    { user_id: binh, read_up_to_seq: 4 },
  ]);
});

test('shows the roles as they were last given, and nobody in a dissolved group', async ({ db }) => {
  await runProjection(db, memberList, history);

  const rows = await db.selectFrom('member').select(['conversation_id', 'user_id', 'role']).execute();
  expect(rows.toSorted((one, other) => one.user_id.localeCompare(other.user_id))).toEqual([
    { conversation_id: hanoi, user_id: an, role: 'admin' },
    { conversation_id: hanoi, user_id: binh, role: 'admin' },
    { conversation_id: hanoi, user_id: chi, role: 'owner' },
  ]);
});

describeReplay(memberList, { migrations, history });
