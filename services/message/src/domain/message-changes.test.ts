import {
  type ConversationEvent,
  EDIT_WINDOW_MS_DEFAULT,
  type MessageEvent,
  type Role,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import type { PastEvent } from '@parley/event-sourcing';
import { describe, expect, test } from 'vitest';

import {
  admin,
  an,
  binh,
  chi,
  deletedByAn,
  edit,
  eightMs,
  given,
  hanoi,
  messageId,
  moderator,
  owner,
  place,
  react,
  remove,
  sentBy,
  settings,
  started,
} from '../../test/group-of-hanoi.ts';
import { fingerprint } from './fingerprint.ts';
import type { KnownMessage } from './known-message.ts';

describe('who is blocked in a direct chat', () => {
  const past: PastEvent<ConversationEvent | MessageEvent>[] = [
    {
      type: 'conversation.started',
      data: {
        conversationId: hanoi,
        kind: 'direct',
        members: [
          { userId: an, role: 'member' },
          { userId: binh, role: 'member' },
        ],
      },
    },
    sentBy(an),
    { type: 'conversation.person-blocked', data: { conversationId: hanoi, blockedId: an }, by: binh },
  ];

  test('edits, reacts and pins nothing more, but may take back what they said', () => {
    expect(given(...past).when(edit(an))).toEqual({ accepted: false, code: 'blocked' });
    expect(given(...past).when(react(an))).toEqual({ accepted: false, code: 'blocked' });
    expect(given(...past).when(react(binh))).toMatchObject({ accepted: true });
    expect(given(...past).when(remove(an))).toMatchObject({ accepted: true });
  });
});

describe('edit a message', () => {
  const past = [started, sentBy(an)];

  test('its author says something else', () => {
    expect(given(...past).when(edit(an))).toEqual({
      accepted: true,
      events: [{ type: 'message.edited', data: { ...place, content: { type: 'text', text: 'Chào anh' } } }],
    });
  });

  test('what it says already changes nothing, however late', () => {
    expect(given(...past).when(edit(an, 'Chào em', EDIT_WINDOW_MS_DEFAULT + 1))).toEqual({
      accepted: true,
      events: [],
    });
  });

  test('the last moment of the window counts, the one after it does not', () => {
    expect(given(...past).when(edit(an, 'kịp', EDIT_WINDOW_MS_DEFAULT))).toMatchObject({ accepted: true });
    expect(given(...past).when(edit(an, 'muộn', EDIT_WINDOW_MS_DEFAULT + 1))).toMatchObject({
      accepted: false,
      code: 'edit-window',
    });
  });

  test('a conversation may set another window', () => {
    expect(given(...past, settings({ editWindowMs: 1_000 })).when(edit(an, 'kịp', 1_000))).toMatchObject({
      accepted: true,
    });
    expect(given(...past, settings({ editWindowMs: 1_000 })).when(edit(an, 'muộn', 1_001))).toEqual({
      accepted: false,
      code: 'edit-window',
      details: { editWindowMs: 1_000 },
    });
  });

  test('where only admins speak, nobody else says something else either', () => {
    expect(given(...past, settings({ readOnly: true })).when(edit(an))).toEqual({
      accepted: false,
      code: 'read-only',
    });
  });

  test('nobody else edits it, not even an owner', () => {
    expect(given(...past).when(edit(owner))).toEqual({ accepted: false, code: 'not-the-author' });
  });

  test('a deleted one is not edited', () => {
    expect(given(...past, deletedByAn).when(edit(an))).toEqual({ accepted: false, code: 'message-deleted' });
  });

  test('who has left edits nothing more', () => {
    const left: PastEvent<ConversationEvent> = {
      type: 'conversation.member-left',
      data: { conversationId: hanoi, userId: an },
    };
    expect(given(...past, left).when(edit(an))).toEqual({ accepted: false, code: 'message-not-found' });
  });

  test('one that nobody knows of is not found', () => {
    expect(given(started).when(edit(an))).toEqual({ accepted: false, code: 'message-not-found' });
  });

  test('one that the fold has forgotten is decided on by what was looked up', () => {
    const found: KnownMessage = {
      messageId,
      seq: 2,
      senderId: an,
      sentAt: timestampOf(eightMs),
      type: 'text',
      content: { type: 'text', text: 'Chào em' },
      deleted: null,
      isPinned: false,
      reactions: [],
      fingerprint: fingerprint({ type: 'text', text: 'Chào em' }),
      position: 1,
    };
    const command = edit(an);
    const withFacts = { ...command, data: { ...command.data, found } };
    expect(given(started).when(withFacts)).toMatchObject({ accepted: true });
    // What the fold has seen since then wins.
    expect(given(started, deletedByAn).when(withFacts)).toEqual({
      accepted: false,
      code: 'message-deleted',
    });
  });
});

describe('delete a message for everyone', () => {
  test('its author does, and a second time changes nothing', () => {
    const past = [started, sentBy(an)];
    expect(given(...past).when(remove(an))).toEqual({
      accepted: true,
      events: [{ type: 'message.deleted', data: place }],
    });
    expect(given(...past, deletedByAn).when(remove(an))).toEqual({ accepted: true, events: [] });
  });

  const senders = { owner, admin, moderator, member: an } satisfies { readonly [R in Role]: UserId };
  test.each([
    ['owner', ['owner', 'admin', 'moderator', 'member']],
    ['admin', ['moderator', 'member']],
    ['moderator', ['member']],
    ['member', []],
  ] as const)('%s may delete what these have sent: %s', (role, mayBeDeleted) => {
    const actor = role === 'member' ? binh : senders[role];
    const others = (Object.keys(senders) as Role[]).filter((sender) => senders[sender] !== actor);
    const allowed = others.filter(
      (sender) => given(started, sentBy(senders[sender])).when(remove(actor)).accepted,
    );
    expect(allowed).toEqual(mayBeDeleted.filter((sender) => sender !== role));
  });

  test('what somebody has sent who has gone since is below a moderator', () => {
    const gone: PastEvent<ConversationEvent> = {
      type: 'conversation.member-left',
      data: { conversationId: hanoi, userId: admin },
    };
    expect(given(started, sentBy(admin)).when(remove(moderator))).toMatchObject({ accepted: false });
    expect(given(started, sentBy(admin), gone).when(remove(moderator))).toMatchObject({ accepted: true });
  });

  test('to a stranger there is no such message', () => {
    expect(given(started, sentBy(an)).when(remove(chi))).toEqual({
      accepted: false,
      code: 'message-not-found',
    });
  });
});
