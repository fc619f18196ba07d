import type {
  CommandMeta,
  CommandOf,
  ConversationEvent,
  ConversationId,
  FileId,
  Role,
  SettingsChange,
  Tenant,
  Timestamp,
  updateConversation,
  UserId,
} from '@parley/contracts';
import { specFor } from '@parley/event-sourcing';
import { describe, expect, test } from 'vitest';

import { conversation } from './conversation.decider.ts';

const { given } = specFor(conversation);

const an = 'usr_0000000000000000000000000a' as UserId;
const binh = 'usr_0000000000000000000000000b' as UserId;
const chi = 'usr_0000000000000000000000000c' as UserId;
const dung = 'usr_0000000000000000000000000d' as UserId;
const hanoi = 'cnv_0000000000000000000000000h' as ConversationId;
const face = 'fil_0000000000000000000000000f' as FileId;
const roles = ['owner', 'admin', 'moderator', 'member'] as const;

const accepted = (...events: ConversationEvent[]) => ({ accepted: true, events });
const refused = (code: string) => ({ accepted: false, code });
const data = <Rest extends object>(rest: Rest) => ({ conversationId: hanoi, ...rest });

function by(actorId: UserId): CommandMeta {
  return {
    commandId: 'command',
    tenant: 'main' as Tenant,
    actorId,
    at: '2026-11-21T08:00:00.000Z' as Timestamp,
    correlationId: 'request',
  };
}

function started(
  members: readonly (readonly [UserId, Role])[],
  settings: SettingsChange = {},
  kind: 'direct' | 'group' = 'group',
) {
  return {
    type: 'conversation.started',
    data: data({
      kind,
      name: 'Hà Nội',
      settings,
      members: members.map(([userId, role]) => ({ userId, role })),
    }),
    by: an,
  } as const;
}

const changeRole = (actorId: UserId, userId: UserId, role: Role) =>
  ({ type: 'conversation.change-role', data: data({ userId, role }), meta: by(actorId) }) as const;
const handOver = (actorId: UserId, userId: UserId) =>
  ({ type: 'conversation.transfer-ownership', data: data({ userId }), meta: by(actorId) }) as const;
const update = (
  actorId: UserId,
  change: Omit<CommandOf<typeof updateConversation>['data'], 'conversationId'> & {
    pictureRefusal?: 'file-not-found';
  },
) => ({ type: 'conversation.update', data: data(change), meta: by(actorId) }) as const;
const dissolve = (actorId: UserId) =>
  ({ type: 'conversation.dissolve', data: data({}), meta: by(actorId) }) as const;
const add = (actorId: UserId, ...userIds: UserId[]) =>
  ({
    type: 'conversation.add-members',
    data: data({ userIds, unknownIds: [], refusingIds: [] }),
    meta: by(actorId),
  }) as const;

const roleChanged = (userId: UserId, role: Role) =>
  ({ type: 'conversation.role-changed', data: data({ userId, role }) }) as const;
const groupOfAnAndBinh = started([
  [an, 'owner'],
  [binh, 'member'],
]);
const withRoles = (own: Role, target: Role) =>
  started([
    [an, 'owner'],
    [binh, own],
    [chi, target],
  ]);
const directChat = started(
  [
    [an, 'member'],
    [binh, 'member'],
  ],
  {},
  'direct',
);
const dissolved = { type: 'conversation.dissolved', data: data({ memberIds: [an, binh] }) } as const;

describe('change a role', () => {
  // By the role of who changes: whose role they may change, and what they may make of it.
  test.each([
    ['owner', ['owner', 'admin', 'moderator', 'member'], ['owner', 'admin', 'moderator', 'member']],
    ['admin', ['moderator', 'member'], ['moderator', 'member']],
    ['moderator', [], []],
    ['member', [], []],
  ] as const)('a person with the role %s changes: %s, to: %s', (own, targets, made) => {
    for (const target of roles) {
      for (const role of roles) {
        const may = (targets as readonly Role[]).includes(target) && (made as readonly Role[]).includes(role);
        const changes = target === role ? [] : [roleChanged(chi, role)];
        expect(given(withRoles(own, target)).when(changeRole(binh, chi, role))).toEqual(
          may ? accepted(...changes) : refused('role-too-low'),
        );
      }
    }
  });

  test('of two owners who demote each other the first one wins', () => {
    const history = [withRoles('owner', 'member'), roleChanged(an, 'member')] as const;
    expect(given(...history).when(changeRole(an, binh, 'member'))).toEqual(refused('role-too-low'));
  });

  test('the last owner stays one', () => {
    expect(given(groupOfAnAndBinh).when(changeRole(an, an, 'admin'))).toEqual(refused('last-owner'));
    expect(given(withRoles('owner', 'member')).when(changeRole(an, an, 'admin'))).toEqual(
      accepted(roleChanged(an, 'admin')),
    );
  });

  test('an admin may step down, and nobody steps up by themselves', () => {
    const group = withRoles('admin', 'member');
    expect(given(group).when(changeRole(binh, binh, 'member'))).toEqual(
      accepted(roleChanged(binh, 'member')),
    );
    expect(given(group).when(changeRole(binh, binh, 'owner'))).toEqual(refused('role-too-low'));
    expect(given(group).when(changeRole(chi, chi, 'admin'))).toEqual(refused('role-too-low'));
  });

  test('only of who is in a group that is there', () => {
    expect(given(groupOfAnAndBinh).when(changeRole(an, chi, 'admin'))).toEqual(refused('member-not-found'));
    expect(given(groupOfAnAndBinh).when(changeRole(chi, an, 'member'))).toEqual(
      refused('conversation-not-found'),
    );
    expect(given(directChat).when(changeRole(an, binh, 'admin'))).toEqual(refused('direct-chat-is-fixed'));
    expect(given(groupOfAnAndBinh, dissolved).when(changeRole(an, binh, 'admin'))).toEqual(
      refused('conversation-dissolved'),
    );
  });
});

describe('hand a group over', () => {
  const handedOver = {
    type: 'conversation.ownership-transferred',
    data: data({ from: an, to: binh }),
  } as const;

  test('the new owner owns it, and the old one stays as an admin', () => {
    expect(given(groupOfAnAndBinh).when(handOver(an, binh))).toEqual(accepted(handedOver));
    expect(given(groupOfAnAndBinh, handedOver).when(dissolve(an))).toEqual(refused('role-too-low'));
    expect(given(groupOfAnAndBinh, handedOver).when(update(an, { name: 'Huế' }))).toMatchObject({
      accepted: true,
    });
    expect(given(groupOfAnAndBinh, handedOver).when(dissolve(binh))).toMatchObject({ accepted: true });
  });

  test('only an owner does, and only to a member', () => {
    expect(given(withRoles('admin', 'member')).when(handOver(binh, chi))).toEqual(refused('role-too-low'));
    expect(given(groupOfAnAndBinh).when(handOver(an, chi))).toEqual(refused('member-not-found'));
    expect(given(groupOfAnAndBinh).when(handOver(an, an))).toEqual(accepted());
  });
});

describe('change what a group shows and what goes there', () => {
  test('one request changes both, and what is left out stays', () => {
    const change = { name: 'Huế', avatarFileId: face, settings: { readOnly: true, memberLimit: 500 } };
    expect(given(groupOfAnAndBinh).when(update(an, change))).toEqual(
      accepted(
        { type: 'conversation.updated', data: data({ name: 'Huế', avatarFileId: face }) },
        { type: 'conversation.settings-changed', data: data({ settings: { readOnly: true } }) },
      ),
    );
  });

  test('a picture that may not be shown is refused, unless it is there already', () => {
    const change = { avatarFileId: face, pictureRefusal: 'file-not-found' as const };
    expect(given(groupOfAnAndBinh).when(update(an, change))).toEqual(refused('file-not-found'));
    expect(given(groupOfAnAndBinh).when(update(binh, change))).toEqual(refused('role-too-low'));
    const shown: ConversationEvent = { type: 'conversation.updated', data: data({ avatarFileId: face }) };
    expect(given(groupOfAnAndBinh, shown).when(update(an, change))).toEqual(accepted());
  });

  test('what is so already is no change', () => {
    const same = { name: 'Hà Nội', description: '', avatarFileId: null, settings: { readOnly: false } };
    expect(given(groupOfAnAndBinh).when(update(an, same))).toEqual(accepted());
  });

  test.each([
    ['owner', true],
    ['admin', true],
    ['moderator', false],
    ['member', false],
  ] as const)('a person with the role %s may: %s', (role, may) => {
    expect(given(withRoles(role, 'member')).when(update(binh, { name: 'Huế' }))).toMatchObject(
      may ? { accepted: true } : refused('role-too-low'),
    );
  });

  test('a plain member adds people where the group lets them', () => {
    const open = started(
      [
        [an, 'owner'],
        [binh, 'member'],
      ],
      { membersCanInvite: true },
    );
    expect(given(open).when(add(binh, chi))).toMatchObject({ accepted: true });
  });

  test('a group is full when it says so', () => {
    const small = started(
      [
        [an, 'owner'],
        [binh, 'member'],
      ],
      { memberLimit: 3 },
    );
    expect(given(small).when(add(an, chi))).toMatchObject({ accepted: true });
    expect(given(small).when(add(an, chi, dung))).toEqual(refused('conversation-full'));
  });
});

describe('dissolve a group', () => {
  test('its owner ends it for everybody, once', () => {
    expect(given(groupOfAnAndBinh).when(dissolve(an))).toEqual(accepted(dissolved));
    expect(given(groupOfAnAndBinh, dissolved).when(dissolve(an))).toEqual(accepted());
  });

  test('nobody else does', () => {
    expect(given(withRoles('admin', 'member')).when(dissolve(binh))).toEqual(refused('role-too-low'));
    expect(given(groupOfAnAndBinh).when(dissolve(chi))).toEqual(refused('conversation-not-found'));
    expect(given(directChat).when(dissolve(an))).toEqual(refused('direct-chat-is-fixed'));
  });

  test('after it nothing changes any more', () => {
    const history = [groupOfAnAndBinh, dissolved] as const;
    expect(given(...history).when(add(an, chi))).toEqual(refused('conversation-dissolved'));
    expect(given(...history).when(update(an, { name: 'Huế' }))).toEqual(refused('conversation-dissolved'));
    expect(given(...history).when(handOver(an, binh))).toEqual(refused('conversation-dissolved'));
  });
});
