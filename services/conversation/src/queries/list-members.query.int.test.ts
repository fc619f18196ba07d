import type { ConversationEvent, ConversationId, UserId } from '@parley/contracts';
import { an, binh, chi, chronicle, databaseTest, dung, hanoi, hue, runProjection } from '@parley/testing';
import { expect } from 'vitest';

import { memberList } from '../projections/member-list.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { listMembers, type MemberPlace, parseMemberCursor } from './list-members.query.ts';
import { listMemberships, listMembershipsOf } from './list-memberships.query.ts';

const test = databaseTest<ConversationDb>(migrations);

const started = (conversationId: ConversationId, members: readonly UserId[]): ConversationEvent => ({
  type: 'conversation.started',
  data: { conversationId, kind: 'group', members: members.map((userId) => ({ userId, role: 'member' })) },
});

const { events: history } = chronicle<ConversationEvent>()
  .record(hanoi, an, started(hanoi, [binh, an]))
  .record(hue, an, started(hue, [an, chi]))
  .record(hanoi, an, {
    type: 'conversation.members-added',
    data: { conversationId: hanoi, members: [{ userId: chi, role: 'moderator' }], addedBy: an },
  })
  .record(hue, chi, { type: 'conversation.member-left', data: { conversationId: hue, userId: chi } });

test('members stand in the order of joining, page by page', async ({ db }) => {
  await runProjection(db, memberList, history);
  const asked = { userId: binh, conversationId: hanoi, limit: 2 };

  const first = await listMembers(db, asked);
  expect(first?.data.map(({ userId, joinedSeq }) => [userId, joinedSeq])).toEqual([
    [an, 1],
    [binh, 1],
  ]);

  const after = parseMemberCursor(first?.nextCursor ?? '');
  const second = await listMembers(db, { ...asked, after });
  expect(second?.data.map(({ userId, role }) => [userId, role])).toEqual([[chi, 'moderator']]);
  expect(second?.nextCursor).toBeUndefined();
});

test('a page after the end is empty, which is not the same as having no right', async ({ db }) => {
  await runProjection(db, memberList, history);
  const end: MemberPlace = { joinedSeq: 2, userId: chi };

  expect(await listMembers(db, { userId: an, conversationId: hanoi, limit: 2, after: end })).toEqual({
    data: [],
    nextCursor: undefined,
  });
  expect(await listMembers(db, { userId: dung, conversationId: hanoi, limit: 2 })).toBeUndefined();
  expect(await listMembers(db, { userId: chi, conversationId: hue, limit: 2 })).toBeUndefined();
});

test('a cursor that was not given out is none', () => {
  for (const cursor of ['', '1.', `1.${hanoi}`, `1.${an}.${an}`, `-1.${an}`]) {
    expect(parseMemberCursor(cursor)).toBeUndefined();
  }
});

test('the edge learns which conversations a person is in, page by page', async ({ db }) => {
  await runProjection(db, memberList, history);

  expect(await listMemberships(db, { userId: an, limit: 1 })).toEqual({
    memberships: [{ conversationId: hanoi, joinedSeq: 1 }],
    hasMore: true,
  });
  expect(await listMemberships(db, { userId: an, after: hanoi })).toEqual({
    memberships: [{ conversationId: hue, joinedSeq: 1 }],
    hasMore: false,
  });
  expect(await listMemberships(db, { userId: chi })).toEqual({
    memberships: [{ conversationId: hanoi, joinedSeq: 2 }],
    hasMore: false,
  });
});

test('many people are asked for at once, whoever they are', async ({ db }) => {
  await runProjection(db, memberList, history);
  const people = await listMembershipsOf(db, [an, dung, binh]);

  expect(new Map(people.map(({ userId, ...rest }) => [userId, rest]))).toEqual(
    new Map([
      [an, { conversationIds: [hanoi, hue].toSorted(), hasMore: false }],
      [dung, { conversationIds: [], hasMore: false }],
      [binh, { conversationIds: [hanoi], hasMore: false }],
    ]),
  );
});
