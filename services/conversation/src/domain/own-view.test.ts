import {
  type CommandMeta,
  type ConversationId,
  defaultSettings,
  type DeviceId,
  type Membership,
  type Tenant,
  type Timestamp,
  type UserId,
} from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { decideOwnView, type KeptConversation } from './own-view.ts';

const an = 'usr_0000000000000000000000000a' as UserId;
const chi = 'usr_0000000000000000000000000c' as UserId;
const hanoi = 'cnv_0000000000000000000000000h' as ConversationId;
const phone = 'dev_0000000000000000000000000p' as DeviceId;
const eight = '2026-11-21T08:00:00.000Z' as Timestamp;
const nine = '2026-11-21T09:00:00.000Z' as Timestamp;

const membership: Membership = {
  status: 'active',
  conversationId: hanoi,
  kind: 'group',
  roles: new Map([[an, 'member']]),
  settings: defaultSettings,
  blockedIds: new Set(),
};
const kept: KeptConversation = { membership, headSeq: 7, readsPosition: 70 };

function by(actorId: UserId): CommandMeta {
  return {
    commandId: 'command',
    tenant: 'main' as Tenant,
    actorId,
    deviceId: phone,
    at: eight,
    correlationId: 'request',
  };
}

const change = (changes: object, actorId = an) =>
  decideOwnView(kept, {
    type: 'conversation.change-preferences',
    data: { conversationId: hanoi, ...changes },
    meta: by(actorId),
  });

const changed = (changes: object) => ({
  accepted: true,
  events: [
    {
      type: 'conversation.preferences-changed',
      data: { conversationId: hanoi, deviceId: phone, ...changes },
    },
  ],
});

describe('a member keeps a conversation their own way', () => {
  test('and says only what changes', () => {
    expect(change({ archived: true })).toEqual(changed({ archived: true }));
    expect(change({ mutedUntil: nine })).toEqual(changed({ mutedUntil: nine }));
    expect(change({ mutedUntil: 'forever' })).toEqual(changed({ mutedUntil: 'forever' }));
    expect(change({ mutedUntil: null })).toEqual(changed({ mutedUntil: null }));
    expect(change({ pinned: true })).toEqual(changed({ pinnedAt: eight }));
    expect(change({ pinned: false })).toEqual(changed({ pinnedAt: null }));
    expect(change({ markedUnread: false })).toEqual(changed({ markedUnread: false }));
  });

  test('a mark as unread says which reads came before it', () => {
    expect(change({ markedUnread: true })).toEqual(changed({ markedUnread: true, readsStoodAt: 70 }));
  });

  test('changing nothing is nothing', () => {
    expect(change({})).toEqual({ accepted: true, events: [] });
  });

  test('nobody mutes until a time that has passed', () => {
    expect(change({ mutedUntil: eight })).toEqual({ accepted: false, code: 'mute-is-over' });
  });

  test('a draft says after which message it was written', () => {
    const draft = { text: 'Chào' };
    const data = { conversationId: hanoi, draft };
    expect(decideOwnView(kept, { type: 'conversation.save-draft', data, meta: by(an) })).toEqual({
      accepted: true,
      events: [
        {
          type: 'conversation.draft-saved',
          data: { conversationId: hanoi, deviceId: phone, draft, savedAtSeq: 7 },
        },
      ],
    });
  });
});

test('somebody outside is told that there is no such conversation', () => {
  const notFound = { accepted: false, code: 'conversation-not-found' };
  expect(change({ archived: true }, chi)).toEqual(notFound);
  expect(change({ mutedUntil: eight }, chi)).toEqual(notFound);
  const data = { conversationId: hanoi, draft: null };
  expect(decideOwnView(kept, { type: 'conversation.save-draft', data, meta: by(chi) })).toEqual(notFound);
});
