import { describe, expect, test } from 'vitest';

import {
  type ConversationEvent,
  type ConversationId,
  isSystemMessage,
  type MessageId,
  type PinChanged,
  SystemContent,
  systemContentOf,
  type UserId,
} from '../src/index.ts';

const hanoi = 'cnv_00000000000000000000000001' as ConversationId;
const [an, binh, chi] = ['a', 'b', 'c'].map((end) => `usr_${'0'.repeat(25)}${end}`) as [
  UserId,
  UserId,
  UserId,
];
const messageId = 'msg_00000000000000000000000001' as MessageId;
const here = { conversationId: hanoi };
const member = (userId: UserId) => ({ userId, role: 'member' as const });

type Told = ConversationEvent | PinChanged;
const lineOf = (event: Told) => {
  const content = systemContentOf({ ...event, actorId: an });
  return content && [content.template, content.variables];
};

describe('what a timeline tells', () => {
  const said: readonly (readonly [Told, ReturnType<typeof lineOf>])[] = [
    [
      {
        type: 'conversation.started',
        data: { ...here, kind: 'group', name: 'Hà Nội', members: [member(an)] },
      },
      ['conversation-created', { by: an, name: 'Hà Nội' }],
    ],
    [
      { type: 'conversation.members-added', data: { ...here, members: [member(binh)], addedBy: an } },
      ['member-joined', { user: binh, by: an }],
    ],
    [
      {
        type: 'conversation.members-added',
        data: { ...here, members: [member(binh), member(chi)], addedBy: an },
      },
      ['members-joined', { users: [binh, chi], by: an }],
    ],
    [
      { type: 'conversation.member-joined', data: { ...here, userId: binh } },
      ['member-joined', { user: binh, by: binh }],
    ],
    [
      { type: 'conversation.member-removed', data: { ...here, userId: binh, removedBy: an } },
      ['member-removed', { user: binh, by: an }],
    ],
    [{ type: 'conversation.member-left', data: { ...here, userId: an } }, ['member-left', { user: an }]],
    [
      { type: 'conversation.role-changed', data: { ...here, userId: binh, role: 'admin' } },
      ['role-changed', { user: binh, role: 'admin', by: an }],
    ],
    [
      { type: 'conversation.ownership-transferred', data: { ...here, from: an, to: binh } },
      ['ownership-transferred', { user: binh, by: an }],
    ],
    [{ type: 'conversation.updated', data: { ...here, name: 'Huế' } }, ['renamed', { name: 'Huế', by: an }]],
    [
      { type: 'conversation.updated', data: { ...here, name: 'Huế', avatarFileId: null } },
      ['conversation-updated', { changed: ['name', 'avatarFileId'], name: 'Huế', by: an }],
    ],
    [
      { type: 'conversation.updated', data: { ...here, description: 'bún bò' } },
      ['conversation-updated', { changed: ['description'], by: an }],
    ],
    [
      { type: 'conversation.settings-changed', data: { ...here, settings: { readOnly: true } } },
      ['settings-changed', { changed: ['readOnly'], by: an }],
    ],
    [{ type: 'conversation.dissolved', data: { ...here, memberIds: [an] } }, ['dissolved', { by: an }]],
    [
      { type: 'message.pinned', data: { ...here, messageId, messageSeq: 2 } },
      ['message-pinned', { message: messageId, by: an }],
    ],
    [
      { type: 'message.unpinned', data: { ...here, messageId, messageSeq: 2 } },
      ['message-unpinned', { message: messageId, by: an }],
    ],
  ];

  test.each(said)('%o', (event, line) => {
    expect(lineOf(event)).toEqual(line);
    const content = systemContentOf({ ...event, actorId: an });
    expect(SystemContent.parse(content)).toEqual(content);
    expect(content && isSystemMessage({ content })).toBe(true);
  });

  const unsaid: readonly Told[] = [
    { type: 'conversation.started', data: { ...here, kind: 'direct', members: [member(an), member(binh)] } },
    { type: 'conversation.person-blocked', data: { ...here, blockedId: binh } },
    { type: 'conversation.person-unblocked', data: { ...here, blockedId: binh } },
    {
      type: 'conversation.invite-revoked',
      data: { ...here, inviteId: 'inv_00000000000000000000000001' as never },
    },
  ];

  test.each(unsaid)('nothing of $type, which is not everybody’s', (event) => {
    expect(lineOf(event)).toBeUndefined();
  });

  test('nothing of messages themselves, nor of what a newer writer has stored', () => {
    for (const type of [
      'message.sent',
      'message.edited',
      'message.deleted',
      'toString',
      'conversation.new',
    ]) {
      expect(systemContentOf({ type, data: {}, actorId: an })).toBeUndefined();
    }
  });
});
