import type { ConversationEvent, InviteId, Timestamp, UserId } from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  describeReplay,
  dung,
  hanoi,
  hue,
  runProjection,
  timeOf,
} from '@parley/testing';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { findInvite } from '../queries/find-invite.query.ts';
import { listInvites, parseInviteCursor } from '../queries/list-invites.query.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { conversationList } from './conversation-list.projection.ts';
import { invites } from './invites.projection.ts';
import { memberList } from './member-list.projection.ts';

const test = databaseTest<ConversationDb>(migrations);

const link = 'inv_00000000000000000000000001' as InviteId;
const once = 'inv_00000000000000000000000002' as InviteId;
const past = 'inv_00000000000000000000000003' as InviteId;

const started = (conversationId: typeof hanoi): ConversationEvent => ({
  type: 'conversation.started',
  data: {
    conversationId,
    kind: 'group',
    name: 'Hà Nội',
    members: [
      { userId: an, role: 'owner' },
      { userId: binh, role: 'member' },
    ],
  },
});
const created = (
  inviteId: InviteId,
  terms: { expiresAt?: Timestamp; useCountMax?: number } = {},
): ConversationEvent => ({
  type: 'conversation.invite-created',
  data: { conversationId: hanoi, inviteId, codeHash: `hash of ${inviteId}`, ...terms },
});
const joined = (userId: UserId, inviteId: InviteId): ConversationEvent => ({
  type: 'conversation.member-joined',
  data: { conversationId: hanoi, userId, inviteId },
});

const { events: history } = chronicle<ConversationEvent>()
  .record(hanoi, an, started(hanoi))
  .record(hanoi, an, created(link))
  .record(hanoi, binh, created(once, { useCountMax: 1 }))
  .record(hanoi, an, created(past, { expiresAt: timeOf(5) }))
  .record(hanoi, chi, joined(chi, link))
  .record(hanoi, dung, joined(dung, once))
  .record(hanoi, an, {
    type: 'conversation.invite-revoked',
    data: { conversationId: hanoi, inviteId: link },
  })
  .record(hue, an, started(hue))
  .record(hue, an, { type: 'conversation.dissolved', data: { conversationId: hue, memberIds: [an, binh] } });

async function project(db: Kysely<ConversationDb>, count = history.length): Promise<void> {
  const happened = history.slice(0, count);
  await runProjection(db, memberList, happened);
  await runProjection(db, conversationList, happened);
  await runProjection(db, invites, happened);
}

test('who moderates sees all invites, the last one first; a member their own, a stranger none', async ({
  db,
}) => {
  await project(db);

  const first = await listInvites(db, { userId: an, conversationId: hanoi, limit: 2 });
  expect(first?.data.map(({ inviteId, useCount, revokedAt }) => [inviteId, useCount, revokedAt])).toEqual([
    [past, 0, null],
    [once, 1, null],
  ]);
  const after = parseInviteCursor(first?.nextCursor ?? '');
  const second = await listInvites(db, { userId: an, conversationId: hanoi, limit: 2, after });
  expect(second).toEqual({
    data: [
      {
        inviteId: link,
        createdBy: an,
        createdAt: timeOf(2),
        expiresAt: null,
        useCountMax: null,
        useCount: 1,
        revokedAt: timeOf(7),
      },
    ],
    nextCursor: undefined,
  });
  const own = await listInvites(db, { userId: binh, conversationId: hanoi, limit: 5 });
  expect(own?.data.map(({ inviteId }) => inviteId)).toEqual([once]);
  const none = await listInvites(db, { userId: chi, conversationId: hanoi, limit: 5 });
  expect(none?.data).toEqual([]);
  expect(await listInvites(db, { userId: an, conversationId: hue, limit: 5 })).toBeUndefined();
});

test('a good code shows its group, one that has ended shows it to those inside only', async ({ db }) => {
  const stranger = 'usr_0000000000000000000000000e' as UserId;
  const find = (userId: UserId, inviteId: InviteId) =>
    findInvite(db, { userId, codeHash: `hash of ${inviteId}` });
  await project(db, 4);

  expect(await find(chi, link)).toEqual({
    conversationId: hanoi,
    inviteId: link,
    name: 'Hà Nội',
    description: null,
    avatarFileId: null,
    memberCount: 2,
    isMember: false,
    expiresAt: null,
  });
  expect(await find(chi, past)).toBeUndefined();
  expect(await find(chi, 'inv_00000000000000000000000009' as InviteId)).toBeUndefined();

  await project(db);
  expect(await find(stranger, once)).toBeUndefined();
  expect(await find(stranger, link)).toBeUndefined();
  expect(await find(dung, once)).toMatchObject({ isMember: true, memberCount: 4 });
});

describeReplay(invites, { migrations, history });
