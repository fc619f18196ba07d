import type {
  CommandMeta,
  ConversationEvent,
  ConversationId,
  Role,
  Tenant,
  Timestamp,
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

const accepted = (...events: ConversationEvent[]) => ({ accepted: true, events });
const refused = (code: string) => ({ accepted: false, code });

function by(actorId: UserId): CommandMeta {
  return {
    commandId: 'command',
    tenant: 'main' as Tenant,
    actorId,
    at: '2026-11-21T08:00:00.000Z' as Timestamp,
    correlationId: 'request',
  };
}

function startedWith(kind: 'direct' | 'group', members: readonly (readonly [UserId, Role])[]) {
  return {
    type: 'conversation.started',
    data: {
      conversationId: hanoi,
      kind,
      ...(kind === 'group' ? { name: 'Hà Nội' } : {}),
      members: members.map(([userId, role]) => ({ userId, role })),
    },
    by: an,
  } as const;
}

const openDirect = (recipientId: UserId, actorId: UserId, unknownIds: UserId[] = []) =>
  ({
    type: 'conversation.start-direct',
    data: { conversationId: hanoi, recipientId, unknownIds },
    meta: by(actorId),
  }) as const;

const openGroup = (
  memberIds: UserId[],
  changes: { name?: string; unknownIds?: UserId[]; refusingIds?: UserId[] } = {},
) =>
  ({
    type: 'conversation.start-group',
    data: {
      conversationId: hanoi,
      name: changes.name ?? 'Hà Nội',
      memberIds,
      unknownIds: changes.unknownIds ?? [],
      refusingIds: changes.refusingIds ?? [],
    },
    meta: by(an),
  }) as const;

const add = (
  userIds: UserId[],
  actorId: UserId,
  { unknownIds = [], refusingIds = [] }: { unknownIds?: UserId[]; refusingIds?: UserId[] } = {},
) =>
  ({
    type: 'conversation.add-members',
    data: { conversationId: hanoi, userIds, unknownIds, refusingIds },
    meta: by(actorId),
  }) as const;

const remove = (userId: UserId, actorId: UserId) =>
  ({
    type: 'conversation.remove-member',
    data: { conversationId: hanoi, userId },
    meta: by(actorId),
  }) as const;

const leave = (actorId: UserId) =>
  ({ type: 'conversation.leave', data: { conversationId: hanoi }, meta: by(actorId) }) as const;

const directOfAnAndBinh = startedWith('direct', [
  [an, 'member'],
  [binh, 'member'],
]);
const groupOfAnAndBinh = startedWith('group', [
  [an, 'owner'],
  [binh, 'member'],
]);
const groupOfAn = startedWith('group', [[an, 'owner']]);
const chiAdded: ConversationEvent = {
  type: 'conversation.members-added',
  data: { conversationId: hanoi, members: [{ userId: chi, role: 'member' }], addedBy: an },
};
const binhLeft = {
  type: 'conversation.member-left',
  data: { conversationId: hanoi, userId: binh },
} as const;

/** A person of each role, with Bình as the one who acts or is acted upon. */
const everyRole = (own: Role, target: Role) =>
  startedWith('group', [
    [an, 'owner'],
    [binh, own],
    [chi, target],
  ]);

describe('open a direct chat', () => {
  test('two people get a chat of two equal members', () => {
    const { by: _, ...started } = directOfAnAndBinh;
    expect(given().when(openDirect(binh, an))).toEqual(accepted(started));
  });

  test('opening it again, from either side, changes nothing', () => {
    expect(given(directOfAnAndBinh).when(openDirect(binh, an))).toEqual(accepted());
    expect(given(directOfAnAndBinh).when(openDirect(an, binh))).toEqual(accepted());
  });

  test('nobody chats with themselves', () => {
    expect(given().when(openDirect(an, an))).toEqual(refused('direct-with-oneself'));
  });

  test('nobody chats with a person who does not exist', () => {
    expect(given().when(openDirect(dung, an, [dung]))).toEqual(refused('person-not-found'));
  });
});

describe('open a group', () => {
  test('its creator owns it and the others are members, each once', () => {
    const { by: _, ...started } = groupOfAnAndBinh;
    expect(given().when(openGroup([binh, an, binh]))).toEqual(accepted(started));
  });

  test('opening it again with the same content changes nothing, whatever happened since', () => {
    expect(given(groupOfAnAndBinh).when(openGroup([binh]))).toEqual(accepted());
    expect(given(groupOfAnAndBinh, chiAdded, binhLeft).when(openGroup([binh]))).toEqual(accepted());
  });

  test('the same key with another name or other members is refused', () => {
    const reused = refused('idempotency-key-reused');
    expect(given(groupOfAnAndBinh).when(openGroup([binh], { name: 'Huế' }))).toEqual(reused);
    expect(given(groupOfAnAndBinh).when(openGroup([binh, chi]))).toEqual(reused);
    expect(given(groupOfAnAndBinh).when(openGroup([chi]))).toEqual(reused);
  });

  test('who has blocked the opener is passed over without a word, and the retry is the same opening', () => {
    const opening = openGroup([binh, chi], { refusingIds: [chi] });
    const { by: _, ...started } = groupOfAnAndBinh;
    const passedOver = { ...started, data: { ...started.data, passedOverIds: [chi] } };
    expect(given().when(opening)).toEqual(accepted(passedOver));
    expect(given({ ...passedOver, by: an }).when(openGroup([binh, chi]))).toEqual(accepted());
  });

  test('a person who does not exist is refused', () => {
    expect(given().when(openGroup([dung], { unknownIds: [dung] }))).toEqual(refused('person-not-found'));
  });

  test('500 people fit, one more does not', () => {
    const people = Array.from(
      { length: 500 },
      (_, index) => `usr_${String(index).padStart(26, '0')}` as UserId,
    );
    expect(given().when(openGroup(people.slice(1)))).toMatchObject({ accepted: true });
    expect(given().when(openGroup(people))).toEqual(refused('conversation-full'));
  });
});

describe('add members', () => {
  test('the owner adds a member', () => {
    expect(given(groupOfAnAndBinh).when(add([chi], an))).toEqual(accepted(chiAdded));
  });

  test.each(['owner', 'admin', 'moderator'] as const)('a person with the role %s may add', (role) => {
    expect(given(everyRole(role, 'member')).when(add([dung], binh))).toMatchObject({ accepted: true });
  });

  test('a plain member may not', () => {
    expect(given(groupOfAnAndBinh).when(add([chi], binh))).toEqual(refused('role-too-low'));
  });

  test('who has blocked the one who adds is left out without a word', () => {
    const group = given(groupOfAnAndBinh);
    expect(group.when(add([chi, dung], an, { refusingIds: [dung] }))).toEqual(accepted(chiAdded));
    expect(group.when(add([dung], an, { refusingIds: [dung] }))).toEqual(accepted());
  });

  test('adding a member again changes nothing; only who is new is added', () => {
    expect(given(groupOfAnAndBinh).when(add([binh], an))).toEqual(accepted());
    expect(given(groupOfAnAndBinh).when(add([binh, chi, chi], an))).toEqual(accepted(chiAdded));
  });

  test('somebody outside does not learn that the conversation exists, even by naming an unknown person', () => {
    expect(given(groupOfAnAndBinh).when(add([dung], chi, { unknownIds: [dung] }))).toEqual(
      refused('conversation-not-found'),
    );
    expect(given().when(add([dung], chi, { unknownIds: [dung] }))).toEqual(refused('conversation-not-found'));
  });

  test('a person who does not exist is refused', () => {
    expect(given(groupOfAnAndBinh).when(add([chi, dung], an, { unknownIds: [dung] }))).toEqual(
      refused('person-not-found'),
    );
  });

  test('a direct chat stays a chat of two', () => {
    expect(given(directOfAnAndBinh).when(add([chi], an))).toEqual(refused('direct-chat-is-fixed'));
  });

  test('a full group takes nobody in', () => {
    const full = startedWith('group', [
      [an, 'owner'],
      ...Array.from(
        { length: 499 },
        (_, index) => [`usr_${String(index).padStart(26, '0')}` as UserId, 'member'] as const,
      ),
    ]);
    expect(given(full).when(add([chi], an))).toEqual(refused('conversation-full'));
  });
});

describe('remove a member', () => {
  test.each([
    ['owner', ['owner', 'admin', 'moderator', 'member']],
    ['admin', ['moderator', 'member']],
    ['moderator', ['member']],
    ['member', []],
  ] as const)('a person with the role %s removes: %s', (own, removable) => {
    for (const target of ['owner', 'admin', 'moderator', 'member'] as const) {
      const may = (removable as readonly Role[]).includes(target);
      const expected = may
        ? accepted({
            type: 'conversation.member-removed',
            data: { conversationId: hanoi, userId: chi, removedBy: binh },
          })
        : refused('role-too-low');
      expect(given(everyRole(own, target)).when(remove(chi, binh))).toEqual(expected);
    }
  });

  test('a member who removes themselves leaves', () => {
    expect(given(groupOfAnAndBinh).when(remove(binh, binh))).toEqual(accepted(binhLeft));
  });

  test('an owner who would remove themselves is told to leave instead', () => {
    expect(given(groupOfAnAndBinh).when(remove(an, an))).toEqual(refused('leave-instead'));
  });

  test('who is not in the group cannot be removed, nor remove', () => {
    expect(given(groupOfAnAndBinh).when(remove(chi, an))).toEqual(refused('member-not-found'));
    expect(given(groupOfAnAndBinh).when(remove(binh, chi))).toEqual(refused('conversation-not-found'));
    expect(given().when(remove(binh, an))).toEqual(refused('conversation-not-found'));
  });

  test('a plain member does not learn who is not in the group', () => {
    expect(given(groupOfAnAndBinh).when(remove(chi, binh))).toEqual(refused('role-too-low'));
  });

  test('a direct chat stays a chat of two', () => {
    expect(given(directOfAnAndBinh).when(remove(binh, an))).toEqual(refused('direct-chat-is-fixed'));
  });
});

describe('leave', () => {
  test('a member leaves', () => {
    expect(given(groupOfAnAndBinh).when(leave(binh))).toEqual(accepted(binhLeft));
  });

  test('the last owner stays while others are in the group', () => {
    expect(given(groupOfAnAndBinh).when(leave(an))).toEqual(refused('last-owner'));
  });

  test('one of two owners may go', () => {
    expect(given(everyRole('owner', 'member')).when(leave(an))).toMatchObject({ accepted: true });
  });

  test('a person who is alone may go, and the group ends with them', () => {
    const data = { conversationId: hanoi, userId: an };
    const end: ConversationEvent[] = [
      { type: 'conversation.member-left', data },
      { type: 'conversation.dissolved', data: { conversationId: hanoi, memberIds: [] } },
    ];
    expect(given(groupOfAn).when(leave(an))).toEqual(accepted(...end));
    expect(given(groupOfAnAndBinh, binhLeft).when(leave(an))).toEqual(accepted(...end));
  });

  test('somebody who left, or never was in, is out', () => {
    expect(given(groupOfAnAndBinh, binhLeft).when(leave(binh))).toEqual(refused('conversation-not-found'));
    expect(given(groupOfAnAndBinh).when(leave(chi))).toEqual(refused('conversation-not-found'));
  });

  test('a direct chat stays a chat of two', () => {
    expect(given(directOfAnAndBinh).when(leave(an))).toEqual(refused('direct-chat-is-fixed'));
  });
});
