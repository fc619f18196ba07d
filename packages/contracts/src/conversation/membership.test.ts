import { expect, test } from 'vitest';

import type { ConversationId, UserId } from '../kernel/scalars.ts';
import type { ConversationEvent } from './events.ts';
import { applyMembership, isMember, noMembership, refusalToSend } from './membership.ts';
import type { SettingsChange } from './settings.ts';

const an = 'usr_0000000000000000000000000a' as UserId;
const binh = 'usr_0000000000000000000000000b' as UserId;
const chi = 'usr_0000000000000000000000000c' as UserId;
const dung = 'usr_0000000000000000000000000d' as UserId;
const hanoi = 'cnv_0000000000000000000000000h' as ConversationId;

const data = <Rest extends object>(rest: Rest) => ({ conversationId: hanoi, ...rest });
const after = (...events: ConversationEvent[]) => events.reduce(applyMembership, noMembership);

const group: ConversationEvent = {
  type: 'conversation.started',
  data: data({
    kind: 'group',
    members: [
      { userId: an, role: 'owner' },
      { userId: binh, role: 'admin' },
      { userId: chi, role: 'moderator' },
    ],
  }),
};
const direct: ConversationEvent = {
  type: 'conversation.started',
  data: data({
    kind: 'direct',
    members: [
      { userId: an, role: 'member' },
      { userId: binh, role: 'member' },
    ],
  }),
};
const settings = (change: SettingsChange): ConversationEvent => ({
  type: 'conversation.settings-changed',
  data: data({ settings: change }),
});
const anBlocksBinh: ConversationEvent = {
  type: 'conversation.person-blocked',
  data: data({ blockedId: binh }),
};
const anUnblocksBinh: ConversationEvent = {
  type: 'conversation.person-unblocked',
  data: data({ blockedId: binh }),
};
const dissolved: ConversationEvent = {
  type: 'conversation.dissolved',
  data: data({ memberIds: [an, binh] }),
};

test('in a group where only admins write, the others are refused until that ends', () => {
  const readOnly = after(group, settings({ readOnly: true }));
  expect([an, binh, chi, dung].map((userId) => refusalToSend(readOnly, userId))).toEqual([
    undefined,
    undefined,
    'read-only',
    'conversation-not-found',
  ]);
  expect(refusalToSend(after(group, settings({ readOnly: true }), settings({ readOnly: false })), chi)).toBe(
    undefined,
  );
});

test('who was made an admin writes there, and the one who was an admin does not', () => {
  const roles: ConversationEvent[] = [
    { type: 'conversation.role-changed', data: { conversationId: hanoi, userId: chi, role: 'admin' } },
    { type: 'conversation.role-changed', data: { conversationId: hanoi, userId: binh, role: 'member' } },
  ];
  const readOnly = after(group, settings({ readOnly: true }), ...roles);
  expect(refusalToSend(readOnly, chi)).toBe(undefined);
  expect(refusalToSend(readOnly, binh)).toBe('read-only');
});

test('who is blocked says nothing more in the direct chat; the other one may', () => {
  expect(refusalToSend(after(direct, anBlocksBinh), binh)).toBe('blocked');
  expect(refusalToSend(after(direct, anBlocksBinh), an)).toBe(undefined);
  expect(refusalToSend(after(direct, anBlocksBinh, anUnblocksBinh), binh)).toBe(undefined);
});

test('a block from before the chat was opened holds in it', () => {
  expect(refusalToSend(after(anBlocksBinh), binh)).toBe('conversation-not-found');
  expect(refusalToSend(after(anBlocksBinh, direct), binh)).toBe('blocked');
});

test('in a dissolved group nobody is a member; who was is told why nothing is taken', () => {
  const gone = after(group, dissolved);
  expect(isMember(gone, an)).toBe(false);
  expect(refusalToSend(gone, an)).toBe('conversation-dissolved');
  expect(refusalToSend(gone, dung)).toBe('conversation-not-found');
});

test('a group handed over has its new owner and keeps the old one as an admin', () => {
  const handedOver = after(group, {
    type: 'conversation.ownership-transferred',
    data: data({ from: an, to: chi }),
  });
  expect(handedOver).toMatchObject({
    roles: new Map([
      [an, 'admin'],
      [binh, 'admin'],
      [chi, 'owner'],
    ]),
  });
});
