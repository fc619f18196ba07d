import type { ConversationEvent, MessageEvent, PositionEvent, UserId } from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { an, binh, chi, chronicle, hanoi, sentText, timeOf } from './chronicle.ts';
import { type Delivery, incomplete, type Truth, unlawful } from './deliveries.ts';

const read = { userId: binh, upToSeq: 2, readAt: timeOf(3) };
const { events } = chronicle<ConversationEvent | MessageEvent | PositionEvent>()
  .record(hanoi, an, {
    type: 'conversation.started',
    data: {
      conversationId: hanoi,
      kind: 'group',
      members: [
        { userId: an, role: 'owner' },
        { userId: binh, role: 'member' },
      ],
    },
  })
  .record(hanoi, an, sentText(hanoi, 1))
  .record(hanoi, binh, {
    type: 'message.positions-advanced',
    data: { conversationId: hanoi, positions: [read] },
  })
  .record(hanoi, an, {
    type: 'conversation.member-removed',
    data: { conversationId: hanoi, userId: binh, removedBy: an },
  })
  .record(hanoi, an, sentText(hanoi, 2));
const truth: Truth = { logs: new Map([[hanoi, events]]), choices: new Map() };

const heard = (userId: UserId, name: string, said: object): Delivery => ({
  device: 'phone',
  userId,
  name,
  said,
});
const message = (userId: UserId, seq: number) =>
  heard(userId, 'new_message', { message: { conversationId: hanoi, seq } });
const readBy = (userId: UserId) => heard(userId, 'messages_read', { conversationId: hanoi, ...read });
const removal = { conversationId: hanoi, seq: 3 };

describe('what nobody should have heard', () => {
  test('is nothing of what was said to who was in', () => {
    const gone = heard(binh, 'conversation_removed', removal);
    const settings = heard(chi, 'settings_updated', { settings: { readReceipts: true } });
    const lawful = [message(an, 2), message(binh, 2), readBy(an), gone, message(an, 4), settings];
    expect(unlawful(lawful, truth)).toEqual([]);
  });

  test('is a message after a removal, and any to a stranger', () => {
    const tried = [message(binh, 4), message(chi, 2), heard(chi, 'draft_updated', { conversationId: hanoi })];
    expect(unlawful(tried, truth)).toHaveLength(tried.length);
  });

  test('is a number that the log does not have, and a conversation that is not there', () => {
    const elsewhere = heard(an, 'new_message', { message: { conversationId: 'cnv_other', seq: 1 } });
    expect(unlawful([message(an, 9), elsewhere], truth)).toHaveLength(2);
  });

  test('is how far somebody has read who keeps that to themselves', () => {
    const choices = new Map([[binh, [{ at: timeOf(2), readReceipts: false }]]]);
    expect(unlawful([readBy(an)], { ...truth, choices })).toHaveLength(1);
    expect(unlawful([readBy(binh)], { ...truth, choices })).toEqual([]);
    const later = new Map([[binh, [{ at: timeOf(4), readReceipts: false }]]]);
    expect(unlawful([readBy(an)], { ...truth, choices: later })).toEqual([]);
  });

  test('is a reading that was never stored, and one told to a stranger', () => {
    const other = heard(an, 'messages_read', { conversationId: hanoi, ...read, upToSeq: 1 });
    expect(unlawful([other, readBy(chi)], truth)).toHaveLength(2);
  });
});

test('a device that shows a row twice, out of order or not at all is seen', () => {
  const view = { device: 'phone', userId: an, conversationId: hanoi, floor: 1, cursor: 4 };
  expect(incomplete({ ...view, seqs: [1, 2, 3, 4] }, events, new Set())).toEqual([]);
  expect(incomplete({ ...view, seqs: [1, 3, 4] }, events, new Set([2]))).toEqual([]);
  for (const seqs of [
    [1, 3, 4],
    [1, 2, 4],
    [1, 2, 4, 3],
    [1, 2, 2, 3, 4],
    [1, 2, 3, 4, 5],
    [2, 3, 4],
  ]) {
    expect(incomplete({ ...view, seqs }, events, new Set())).toHaveLength(1);
  }
});
