import type { ConversationEvent, MessageEvent, UserId } from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  hanoi,
  hue,
  placeOfText,
  runProjection,
  sentText,
} from '@parley/testing';
import { expect } from 'vitest';

import { timeline } from '../projections/timeline.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { getMessageStats } from './get-message-stats.query.ts';

const test = databaseTest<MessageDb>(migrations);

const started = (conversationId: typeof hanoi, memberIds: readonly UserId[]): ConversationEvent => ({
  type: 'conversation.started',
  data: {
    conversationId,
    kind: 'group',
    members: memberIds.map((userId) => ({ userId, role: 'member' })),
  },
});
function place(number: number): MessageEvent {
  const { data } = sentText(hanoi, number);
  return { type: 'message.sent', data: { ...data, content: { type: 'location', lat: 21, lng: 105.8 } } };
}

const { events: history } = chronicle<ConversationEvent | MessageEvent>()
  .record(hanoi, an, started(hanoi, [an, binh]))
  .record(hue, an, started(hue, [an]))
  .record(hanoi, an, sentText(hanoi, 1))
  .record(hanoi, an, sentText(hanoi, 2))
  .record(hanoi, binh, place(3))
  .record(hanoi, binh, sentText(hanoi, 4))
  .record(hanoi, binh, { type: 'message.deleted', data: placeOfText(hanoi, 3, 4) })
  .record(hanoi, an, place(5))
  .record(hue, an, sentText(hue, 6))
  .record(hanoi, binh, {
    type: 'conversation.member-removed',
    data: { conversationId: hanoi, userId: binh, removedBy: an },
  });

test('messages are counted by type and by person, but for deleted ones', async ({ db }) => {
  await runProjection(db, timeline, history);

  expect(await getMessageStats(db, { userId: an, conversationId: hanoi })).toEqual({
    total: 4,
    byType: [
      { type: 'text', count: 3 },
      { type: 'location', count: 1 },
    ],
    bySender: [
      { userId: an, count: 3 },
      { userId: binh, count: 1 },
    ],
  });
});

test('a conversation in which nothing was said has nothing to count', async ({ db }) => {
  await runProjection(db, timeline, history.slice(0, 2));
  expect(await getMessageStats(db, { userId: an, conversationId: hue })).toEqual({
    total: 0,
    byType: [],
    bySender: [],
  });
});

test('who is not in it learns nothing', async ({ db }) => {
  await runProjection(db, timeline, history);
  for (const userId of [binh, chi]) {
    expect(await getMessageStats(db, { userId, conversationId: hanoi })).toBeUndefined();
  }
});
