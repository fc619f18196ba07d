import {
  type ConversationId,
  defaultSettings,
  type FileId,
  type InviteId,
  type UserId,
} from '@parley/contracts';
import { expect, test } from 'vitest';

import { type Conversation, noConversation } from './conversation.ts';
import { decodeConversation, encodeConversation } from './conversation-snapshot.ts';

const an = 'usr_0000000000000000000000000a' as UserId;
const binh = 'usr_0000000000000000000000000b' as UserId;
const hanoi = 'cnv_0000000000000000000000000h' as ConversationId;
const invite = 'inv_0000000000000000000000000v' as InviteId;
const face = 'fil_0000000000000000000000000f' as FileId;

function throughJson(state: Conversation): Conversation {
  return decodeConversation(JSON.parse(JSON.stringify(encodeConversation(state))));
}

test('a conversation comes back from its snapshot as it was', () => {
  const state: Conversation = {
    membership: {
      status: 'dissolved',
      conversationId: hanoi,
      kind: 'group',
      roles: new Map([[an, 'owner']]),
      settings: { ...defaultSettings, readOnly: true },
      blockedIds: new Set(),
    },
    about: { name: 'Hà Nội', description: 'phở', avatarFileId: face },
    opening: {
      startedBy: an,
      name: 'Hà Nội',
      description: undefined,
      avatarFileId: undefined,
      settings: { readOnly: true },
      memberIds: [an],
    },
    invites: new Map([
      [
        invite,
        {
          createdBy: an,
          codeHash: 'a1',
          expiresAt: undefined,
          useCountMax: 2,
          useCount: 1,
          isRevoked: true,
        },
      ],
    ]),
  };
  expect(throughJson(state)).toEqual(state);
});

test('so does one that has not started', () => {
  expect(throughJson(noConversation)).toEqual(noConversation);
});

test('and a direct chat that nobody has opened, in which somebody is blocked', () => {
  const state: Conversation = {
    ...noConversation,
    membership: { status: 'not-started', blockedIds: new Set([binh]) },
  };
  expect(throughJson(state)).toEqual(state);
});
