import type { MessageId, MessageView, Quote } from '@parley/contracts';
import { an, binh, hanoi, sentText } from '@parley/testing';
import { expect, test } from 'vitest';

import { HiddenMessages } from './hidden-messages.ts';

const idOf = (number: number): MessageId => sentText(hanoi, number).data.messageId;
const answerTo = (number: number) => {
  const preview = { type: 'text', text: 'bí mật' } as const;
  const replyTo: Quote = { messageId: idOf(number), seq: number, senderId: an, preview };
  return { messageId: idOf(9), replyTo } as MessageView;
};
const previewIn = ({ replyTo }: MessageView) => replyTo?.preview;

test('what somebody has hidden is quoted to others and not to them', async () => {
  const hidden = new HiddenMessages({
    ask: async (userIds) => userIds.map((userId) => ({ userId, messageIds: [idOf(1)] })),
    onFault: () => undefined,
  });
  hidden.follow(binh);
  hidden.note(binh, idOf(2));
  await expect.poll(() => previewIn(hidden.shownTo(binh, answerTo(1)))).toBeNull();
  expect(previewIn(hidden.shownTo(binh, answerTo(2)))).toBeNull();
  expect(previewIn(hidden.shownTo(binh, answerTo(3)))).toMatchObject({ text: 'bí mật' });
  expect(previewIn(hidden.shownTo(an, answerTo(1)))).toMatchObject({ text: 'bí mật' });
});

test('of somebody who has gone nothing is kept, and of somebody who hides much the newest', () => {
  const hidden = new HiddenMessages({ ask: async () => [], onFault: () => undefined });
  hidden.follow(binh);
  for (let number = 1; number <= 1_001; number += 1) hidden.note(binh, idOf(number));
  expect(hidden.isQuotedIn(answerTo(1), binh)).toBe(false);
  expect(hidden.isQuotedIn(answerTo(1_001), binh)).toBe(true);
  hidden.forget(binh);
  expect(hidden.isQuotedIn(answerTo(1_001), binh)).toBe(false);
});

test('while the read model is away a fault is told, and what is hidden from now on is known', async () => {
  const faults: unknown[] = [];
  const hidden = new HiddenMessages({
    ask: () => Promise.reject(new Error('away')),
    onFault: (error) => faults.push(error),
  });
  hidden.follow(binh);
  hidden.note(binh, idOf(1));
  await expect.poll(() => faults).toHaveLength(1);
  expect(hidden.isQuotedIn(answerTo(1), binh)).toBe(true);
});
