import type { OwnView, Timestamp } from '@parley/contracts';
import { expect, test } from 'vitest';

import { KeptConversation } from './kept-conversation.ts';

const plain: OwnView = {
  isArchived: false,
  isMarkedUnread: false,
  isPinned: false,
  mutedUntil: null,
  draft: null,
  ownViewVersion: 10,
};
const draft = { text: 'Chào em', savedAt: '2026-11-21T08:00:00.000Z' as Timestamp, savedAtSeq: 5 };

test('of what An hears about a conversation the latest version counts, in whatever order it comes', () => {
  const kept = new KeptConversation(plain);
  expect(kept.change({ isArchived: true, ownViewVersion: 12 })).toBe(true);
  expect(kept.change({ isArchived: false, ownViewVersion: 11 })).toBe(false);
  kept.take({ ...plain, isPinned: true, ownViewVersion: 9 });
  expect(kept.view(0)).toMatchObject({ isArchived: true, isPinned: false });

  kept.take({ ...plain, isPinned: true, ownViewVersion: 12 });
  expect(kept.view(0)).toMatchObject({ isArchived: false, isPinned: true });
});

test('an event that was lost and is told again counts for what nothing newer has spoken of', () => {
  const kept = new KeptConversation(plain);
  kept.change({ isPinned: true, ownViewVersion: 13 });
  expect(kept.change({ isPinned: false, isArchived: true, ownViewVersion: 12 })).toBe(true);
  expect(kept.view(0)).toMatchObject({ isArchived: true, isPinned: true });
});

test('reading takes a mark away', () => {
  const kept = new KeptConversation({ ...plain, isMarkedUnread: true });
  expect(kept.read()).toBe(true);
  expect(kept.view(0).isMarkedUnread).toBe(false);
  expect(kept.read()).toBe(false);
});

test('a draft is shown until An has sent something after it', () => {
  const kept = new KeptConversation({ ...plain, draft });
  expect(kept.view(5).draft).toEqual(draft);
  expect(kept.view(6).draft).toBeNull();
});
