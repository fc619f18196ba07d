import type {
  CommandMeta,
  ConversationEvent,
  ConversationId,
  InviteId,
  SettingsChange,
  Tenant,
  Timestamp,
  UserId,
} from '@parley/contracts';
import { type PastEvent, specFor } from '@parley/event-sourcing';
import { describe, expect, test } from 'vitest';

import { conversation } from './conversation.decider.ts';

const { given } = specFor(conversation);

const an = 'usr_0000000000000000000000000a' as UserId;
const binh = 'usr_0000000000000000000000000b' as UserId;
const chi = 'usr_0000000000000000000000000c' as UserId;
const dung = 'usr_0000000000000000000000000d' as UserId;
const hanoi = 'cnv_0000000000000000000000000h' as ConversationId;
const link = 'inv_0000000000000000000000000k' as InviteId;
const other = 'inv_0000000000000000000000000m' as InviteId;
const codeHash = 'a'.repeat(64);
const eight = '2026-11-21T08:00:00.000Z' as Timestamp;
const nine = '2026-11-21T09:00:00.000Z' as Timestamp;

const accepted = (...events: ConversationEvent[]) => ({ accepted: true, events });
const refused = (code: string) => ({ accepted: false, code });

function by(actorId: UserId, at = eight): CommandMeta {
  return { commandId: 'command', tenant: 'main' as Tenant, actorId, at, correlationId: 'request' };
}

interface Terms {
  readonly expiresAt?: Timestamp;
  readonly useCountMax?: number;
}

const invite = (actorId: UserId, terms: Terms = {}, inviteId = link) =>
  ({
    type: 'conversation.create-invite',
    data: { conversationId: hanoi, inviteId, codeHash, ...terms },
    meta: by(actorId),
  }) as const;
const revoke = (actorId: UserId, inviteId = link) =>
  ({
    type: 'conversation.revoke-invite',
    data: { conversationId: hanoi, inviteId },
    meta: by(actorId),
  }) as const;
const joinBy = (actorId: UserId, { at = eight, hash = codeHash, inviteId = link } = {}) =>
  ({
    type: 'conversation.join',
    data: { conversationId: hanoi, invite: { inviteId, codeHash: hash } },
    meta: by(actorId, at),
  }) as const;
const join = (actorId: UserId) =>
  ({ type: 'conversation.join', data: { conversationId: hanoi }, meta: by(actorId) }) as const;

function group(settings: SettingsChange = {}): PastEvent<ConversationEvent> {
  return {
    type: 'conversation.started',
    data: {
      conversationId: hanoi,
      kind: 'group',
      name: 'Hà Nội',
      settings,
      members: [
        { userId: an, role: 'owner' },
        { userId: binh, role: 'member' },
      ],
    },
    by: an,
  };
}
const created = (terms: Terms = {}, actorId = an) =>
  ({
    type: 'conversation.invite-created',
    data: { conversationId: hanoi, inviteId: link, codeHash, ...terms },
    by: actorId,
  }) as const;
const createdEvent = (terms: Terms = {}): ConversationEvent => ({
  type: 'conversation.invite-created',
  data: { conversationId: hanoi, inviteId: link, codeHash, ...terms },
});
const revoked = {
  type: 'conversation.invite-revoked',
  data: { conversationId: hanoi, inviteId: link },
} as const;
const joined = (userId: UserId) =>
  ({ type: 'conversation.member-joined', data: { conversationId: hanoi, userId, inviteId: link } }) as const;
const dissolved: ConversationEvent = {
  type: 'conversation.dissolved',
  data: { conversationId: hanoi, memberIds: [an, binh] },
};

describe('make an invite', () => {
  test('who moderates does, with an end and without', () => {
    expect(given(group()).when(invite(an))).toEqual(accepted(createdEvent()));
    const terms = { expiresAt: nine, useCountMax: 3 };
    expect(given(group()).when(invite(an, terms))).toEqual(accepted(createdEvent(terms)));
  });

  test('a plain member does where the group lets them', () => {
    expect(given(group()).when(invite(binh))).toEqual(refused('role-too-low'));
    expect(given(group({ membersCanInvite: true })).when(invite(binh))).toEqual(accepted(createdEvent()));
    expect(given(group()).when(invite(chi))).toEqual(refused('conversation-not-found'));
  });

  test('not into a private group, and not one that has ended already', () => {
    expect(given(group({ privacy: 'private' })).when(invite(an))).toEqual(refused('invites-closed'));
    const ended = invite(an, { expiresAt: eight });
    expect(given(group()).when(ended)).toEqual(refused('invite-ends-before-it-begins'));
  });

  test('the same again is a retry, with other terms the key is refused', () => {
    expect(given(group(), created()).when(invite(an))).toEqual(accepted());
    expect(given(group(), created()).when(invite(an, { useCountMax: 1 }))).toEqual(
      refused('idempotency-key-reused'),
    );
  });

  test('a group has 100 at a time; those that have ended make room', () => {
    const many = Array.from({ length: 100 }, (_, index) => {
      const inviteId = `inv_${String(index).padStart(26, '0')}` as InviteId;
      return { ...created(), data: { ...created().data, inviteId } };
    });
    const first = many[0]?.data.inviteId;
    expect(given(group(), ...many).when(invite(an))).toEqual(refused('too-many-invites'));
    const oneLess = { ...revoked, data: { ...revoked.data, inviteId: first ?? link } };
    expect(given(group(), ...many, oneLess).when(invite(an))).toMatchObject({ accepted: true });
  });
});

describe('revoke an invite', () => {
  test('who moderates ends any, a member their own, once', () => {
    const open = group({ membersCanInvite: true });
    expect(given(group(), created()).when(revoke(an))).toEqual(accepted(revoked));
    expect(given(open, created({}, binh)).when(revoke(binh))).toEqual(accepted(revoked));
    expect(given(open, created()).when(revoke(binh))).toEqual(refused('role-too-low'));
    expect(given(group(), created(), revoked).when(revoke(an))).toEqual(accepted());
    expect(given(group()).when(revoke(an))).toEqual(refused('invite-not-found'));
  });
});

describe('join by an invite', () => {
  test('whoever has the code comes in as a member, once', () => {
    expect(given(group(), created()).when(joinBy(chi))).toEqual(accepted(joined(chi)));
    expect(given(group(), created(), joined(chi)).when(joinBy(chi))).toEqual(accepted());
  });

  test.each<[string, PastEvent<ConversationEvent>[], ReturnType<typeof joinBy>]>([
    ['of another group', [], joinBy(chi)],
    ['with another code', [created()], joinBy(chi, { hash: 'b'.repeat(64) })],
    ['under another id', [created()], joinBy(chi, { inviteId: other })],
    ['that was revoked', [created(), revoked], joinBy(chi)],
    ['that has ended by now', [created({ expiresAt: nine })], joinBy(chi, { at: nine })],
    ['that was used up', [created({ useCountMax: 1 }), joined(dung)], joinBy(chi)],
    ['into a group that was dissolved', [created(), dissolved], joinBy(chi)],
    [
      'into a group that is private by now',
      [
        created(),
        {
          type: 'conversation.settings-changed',
          data: { conversationId: hanoi, settings: { privacy: 'private' } },
        } as const,
      ],
      joinBy(chi),
    ],
  ])('one %s is as one that never was', (_, history, command) => {
    expect(given(group(), ...history).when(command)).toEqual(refused('invite-not-found'));
  });

  test('who came in by the last use and asks again is in', () => {
    const history = [group(), created({ useCountMax: 1 }), joined(chi)] as const;
    expect(given(...history).when(joinBy(chi))).toEqual(accepted());
  });

  test('a full group takes nobody in', () => {
    expect(given(group({ memberLimit: 2 }), created()).when(joinBy(chi))).toEqual(
      refused('conversation-full'),
    );
  });
});

describe('join a public group', () => {
  test('anybody does, and only there', () => {
    const { inviteId: _, ...data } = joined(chi).data;
    expect(given(group({ privacy: 'public' })).when(join(chi))).toEqual(
      accepted({ type: 'conversation.member-joined', data }),
    );
    expect(given(group()).when(join(chi))).toEqual(refused('conversation-not-found'));
    expect(given(group({ privacy: 'private' })).when(join(chi))).toEqual(refused('conversation-not-found'));
    expect(given().when(join(chi))).toEqual(refused('conversation-not-found'));
  });
});
