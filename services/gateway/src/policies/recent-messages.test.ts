import type { ConversationId, MessageId, UserId } from '@parley/contracts';
import { expect, test } from 'vitest';

import { RecentMessages } from './recent-messages.ts';

const hanoi = 'cnv_hanoi' as ConversationId;
const message = 'msg_one' as MessageId;
const [an, chi] = ['usr_an', 'usr_chi'] as [UserId, UserId];

test('where a message is that was just said knows only who is there', () => {
  const recent = new RecentMessages((conversationId, userId) => conversationId === hanoi && userId === an);
  recent.note(message, hanoi);

  expect(recent.conversationOf(message, an)).toBe(hanoi);
  expect(recent.conversationOf(message, chi)).toBeUndefined();
  expect(recent.conversationOf('msg_none' as MessageId, an)).toBeUndefined();
});

test('of many messages the latest are known', () => {
  const recent = new RecentMessages(() => true);
  for (let number = 0; number <= 20_000; number += 1) recent.note(`msg_${number}` as MessageId, hanoi);

  expect(recent.conversationOf('msg_0' as MessageId, an)).toBeUndefined();
  expect(recent.conversationOf('msg_20000' as MessageId, an)).toBe(hanoi);
});
