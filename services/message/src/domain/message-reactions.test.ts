import {
  type ConversationEvent,
  type MessageEvent,
  type MessageId,
  newId,
  PIN_COUNT_MAX,
  REACTION_EMOJI_COUNT_MAX,
  type UserId,
} from '@parley/contracts';
import type { PastEvent } from '@parley/event-sourcing';
import { describe, expect, test } from 'vitest';

import {
  about,
  an,
  binh,
  deletedByAn,
  given,
  hanoi,
  meta,
  moderator,
  place,
  react,
  sentBy,
  settings,
  started,
} from '../../test/group-of-hanoi.ts';

const reacted = (by: UserId, emoji: string, count: number): PastEvent<MessageEvent> => ({
  type: 'message.reaction-added',
  data: { ...place, emoji, count },
  by,
});

const pin = (by: UserId, pinnedCount = 0) => {
  const messageIds = Array.from({ length: pinnedCount }, () => newId<MessageId>('msg'));
  const data = { ...about, pinned: { messageIds, position: 1 } };
  return { type: 'message.pin', data, meta: meta(by) } as const;
};

describe('react to a message', () => {
  const past = [started, sentBy(an)];

  test('one person adds an emoji, another one the same', () => {
    expect(given(...past).when(react(binh))).toEqual({
      accepted: true,
      events: [{ type: 'message.reaction-added', data: { ...place, emoji: '👍', count: 1 } }],
    });
    expect(given(...past, reacted(binh, '👍', 1)).when(react(an))).toEqual({
      accepted: true,
      events: [{ type: 'message.reaction-added', data: { ...place, emoji: '👍', count: 2 } }],
    });
  });

  test('the same emoji again takes it away', () => {
    expect(given(...past, reacted(an, '👍', 1), reacted(binh, '👍', 2)).when(react(binh))).toEqual({
      accepted: true,
      events: [{ type: 'message.reaction-removed', data: { ...place, emoji: '👍', count: 1 } }],
    });
  });

  test('a retry takes nothing away, however late it comes', () => {
    const retry = { ...react(binh), meta: { ...react(binh).meta, commandId: 'command-2' } };
    const once = given(...past, reacted(binh, '👍', 1));
    expect(once.when(retry)).toEqual({ accepted: true, events: [] });
    expect(given(...past, reacted(binh, '👍', 1), reacted(an, '👍', 2)).when(retry)).toEqual({
      accepted: true,
      events: [],
    });
  });

  test('taking away what is not there changes nothing', () => {
    const command = {
      type: 'message.remove-reaction',
      data: { ...about, emoji: '👍' },
      meta: meta(an),
    } as const;
    expect(given(...past, reacted(binh, '👍', 1)).when(command)).toEqual({ accepted: true, events: [] });
  });

  test('one emoji more than a message may have is refused, one more of the same is not', () => {
    const full = Array.from({ length: REACTION_EMOJI_COUNT_MAX }, (_, index) => reacted(an, `e${index}`, 1));
    expect(given(...past, ...full).when(react(binh))).toEqual({
      accepted: false,
      code: 'too-many-reactions',
    });
    expect(given(...past, ...full).when(react(binh, 'e0'))).toMatchObject({ accepted: true });
  });

  test('nobody reacts to what is deleted', () => {
    expect(given(...past, deletedByAn).when(react(binh))).toEqual({
      accepted: false,
      code: 'message-deleted',
    });
  });
});

describe('pin a message', () => {
  const pinned: PastEvent<MessageEvent> = { type: 'message.pinned', data: place, by: moderator };
  const past = [started, sentBy(an)];

  test('a moderator does, a member may not', () => {
    expect(given(...past).when(pin(moderator))).toEqual({
      accepted: true,
      events: [{ type: 'message.pinned', data: place }],
    });
    expect(given(...past).when(pin(an))).toEqual({ accepted: false, code: 'role-too-low' });
  });

  test('a member may where the settings say so', () => {
    expect(given(...past, settings({ membersCanPin: true })).when(pin(an))).toMatchObject({ accepted: true });
  });

  test('in a direct chat both may', () => {
    const direct: PastEvent<ConversationEvent> = {
      type: 'conversation.started',
      data: {
        conversationId: hanoi,
        kind: 'direct',
        members: [
          { userId: an, role: 'member' },
          { userId: binh, role: 'member' },
        ],
      },
    };
    expect(given(direct, sentBy(an)).when(pin(binh))).toMatchObject({ accepted: true });
  });

  test('a second time changes nothing', () => {
    expect(given(...past, pinned).when(pin(moderator))).toEqual({ accepted: true, events: [] });
  });

  test('one more than may be pinned is refused', () => {
    expect(given(...past).when(pin(moderator, PIN_COUNT_MAX - 1))).toMatchObject({ accepted: true });
    expect(given(...past).when(pin(moderator, PIN_COUNT_MAX))).toEqual({
      accepted: false,
      code: 'too-many-pins',
    });
  });

  test('what is deleted is pinned no more', () => {
    const unpin = { type: 'message.unpin', data: about, meta: meta(moderator) } as const;
    expect(given(...past, pinned).when(unpin)).toMatchObject({ events: [{ type: 'message.unpinned' }] });
    expect(given(...past, pinned, deletedByAn).when(unpin)).toEqual({ accepted: true, events: [] });
  });
});
