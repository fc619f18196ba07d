import type {
  CommandMeta,
  ConversationEvent,
  ConversationId,
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
const anAndBinh = 'cnv_0000000000000000000000000h' as ConversationId;

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

const block = (actorId: UserId, blockedId: UserId, unknownIds: UserId[] = []) =>
  ({
    type: 'conversation.block-person',
    data: { conversationId: anAndBinh, blockedId, unknownIds },
    meta: by(actorId),
  }) as const;
const unblock = (actorId: UserId, blockedId: UserId) =>
  ({
    type: 'conversation.unblock-person',
    data: { conversationId: anAndBinh, blockedId },
    meta: by(actorId),
  }) as const;
const open = (actorId: UserId, recipientId: UserId, unknownIds: UserId[] = []) =>
  ({
    type: 'conversation.start-direct',
    data: { conversationId: anAndBinh, recipientId, unknownIds },
    meta: by(actorId),
  }) as const;

const blocked = (blockedId: UserId) =>
  ({ type: 'conversation.person-blocked', data: { conversationId: anAndBinh, blockedId } }) as const;
const unblocked = (blockedId: UserId) =>
  ({ type: 'conversation.person-unblocked', data: { conversationId: anAndBinh, blockedId } }) as const;
const opened: ConversationEvent = {
  type: 'conversation.started',
  data: {
    conversationId: anAndBinh,
    kind: 'direct',
    members: [
      { userId: an, role: 'member' },
      { userId: binh, role: 'member' },
    ],
  },
};

describe('block a person', () => {
  test('once is enough, before the chat is opened and after', () => {
    expect(given().when(block(an, binh))).toEqual(accepted(blocked(binh)));
    expect(given(opened).when(block(an, binh))).toEqual(accepted(blocked(binh)));
    expect(given(blocked(binh)).when(block(an, binh))).toEqual(accepted());
  });

  test('each of the two for themselves', () => {
    expect(given(blocked(binh)).when(block(binh, an))).toEqual(accepted(blocked(an)));
    expect(given(blocked(binh), blocked(an)).when(unblock(an, binh))).toEqual(accepted(unblocked(binh)));
  });

  test('nobody blocks themselves, or nobody', () => {
    expect(given().when(block(an, an))).toEqual(refused('block-of-oneself'));
    expect(given().when(block(an, binh, [binh]))).toEqual(refused('person-not-found'));
  });

  test('who is not blocked is not unblocked, and who is does not do it themselves', () => {
    expect(given().when(unblock(an, binh))).toEqual(accepted());
    expect(given(blocked(binh)).when(unblock(binh, an))).toEqual(accepted());
    expect(given(blocked(binh)).when(unblock(binh, binh))).toEqual(accepted());
  });
});

describe('open a direct chat where somebody is blocked', () => {
  test('who is blocked does not, also where it is open', () => {
    expect(given(blocked(binh)).when(open(binh, an))).toEqual(refused('blocked'));
    expect(given(opened, blocked(binh)).when(open(binh, an))).toEqual(refused('blocked'));
  });

  test('who has blocked may, and so may who was blocked once', () => {
    expect(given(blocked(binh)).when(open(an, binh))).toMatchObject({ accepted: true });
    expect(given(blocked(binh), unblocked(binh)).when(open(binh, an))).toMatchObject({ accepted: true });
  });
});
