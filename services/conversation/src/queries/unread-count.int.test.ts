import type { ConversationEvent, MessageEvent, PositionEvent, RecordedEvent } from '@parley/contracts';
import {
  an,
  binh,
  chronicle,
  databaseTest,
  hanoi,
  placeOfText,
  runProjection,
  sentText,
} from '@parley/testing';
import { expect } from 'vitest';

import { conversationList } from '../projections/conversation-list.projection.ts';
import { memberList } from '../projections/member-list.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import { STRETCH_SEQ_COUNT } from '../storage/message-stretch.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { getConversationStats } from './get-conversation-stats.query.ts';
import { getConversation } from './get-conversation.query.ts';

type OfList = RecordedEvent<ConversationEvent | MessageEvent>;
type OfMembers = RecordedEvent<ConversationEvent | PositionEvent>;

const test = databaseTest<ConversationDb>(migrations);

/** Over three stretches. The message with the number n has the sequence number n + 1: the start has the first. */
const MESSAGE_COUNT = 2 * STRETCH_SEQ_COUNT + 90;
/** Two of them one after the other, in one stretch. */
const DELETED = [
  3,
  STRETCH_SEQ_COUNT - 1,
  STRETCH_SEQ_COUNT,
  2 * STRETCH_SEQ_COUNT + 5,
  2 * STRETCH_SEQ_COUNT + 6,
];
const READ_UP_TO = [1, 2, 100, 254, 255, 256, 257, 511, 512, 513, MESSAGE_COUNT, MESSAGE_COUNT + 1];

function longTalk() {
  const story = chronicle<ConversationEvent | MessageEvent | PositionEvent>().record(hanoi, binh, {
    type: 'conversation.started',
    data: {
      conversationId: hanoi,
      kind: 'group',
      name: 'Hà Nội',
      members: [an, binh].map((userId) => ({ userId, role: 'member' as const })),
    },
  });
  for (let number = 1; number <= MESSAGE_COUNT; number += 1) {
    story.record(hanoi, binh, sentText(hanoi, number));
  }
  for (const number of DELETED) {
    story.record(hanoi, binh, { type: 'message.deleted', data: placeOfText(hanoi, number, number + 1) });
  }
  return story;
}

test('as many are unread as were said after what was read, however far back that is', async ({ db }) => {
  const story = longTalk();
  await runProjection(db, conversationList, story.events as readonly OfList[]);
  await runProjection(db, memberList, story.events as readonly OfMembers[]);
  const left = Array.from({ length: MESSAGE_COUNT }, (_, index) => index + 1).filter(
    (number) => !DELETED.includes(number),
  );

  for (const upToSeq of READ_UP_TO) {
    await db.updateTable('member').set({ read_up_to_seq: upToSeq }).where('user_id', '=', an).execute();
    const unread = left.filter((number) => number + 1 > upToSeq).length;
    expect(await getConversation(db, { userId: an, conversationId: hanoi })).toMatchObject({
      readUpToSeq: upToSeq,
      unreadCount: unread,
    });
    expect(await getConversationStats(db, { userId: an })).toMatchObject({ unread });
  }
});

test('who wrote them all has nothing unread', async ({ db }) => {
  const story = longTalk();
  await runProjection(db, conversationList, story.events as readonly OfList[]);
  await runProjection(db, memberList, story.events as readonly OfMembers[]);
  expect(await getConversationStats(db, { userId: binh })).toMatchObject({ conversations: 1, unread: 0 });
});

test('what somebody has deleted for themselves is not unread, in whichever stretch it lies', async ({
  db,
}) => {
  const story = longTalk();
  await runProjection(db, conversationList, story.events as readonly OfList[]);
  await runProjection(db, memberList, story.events as readonly OfMembers[]);
  const hidden = [10, 400, 550].map((seq) => ({ user_id: an, conversation_id: hanoi, seq }));
  await db.insertInto('hidden_message').values(hidden).execute();
  const unread = MESSAGE_COUNT - DELETED.length - hidden.length;
  expect(await getConversation(db, { userId: an, conversationId: hanoi })).toMatchObject({
    unreadCount: unread,
  });
});
