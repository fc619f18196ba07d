import { type ConversationEvent, type MessageEvent, stickerPacks } from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  describeReplay,
  hanoi,
  hue,
  placeOfText,
  runProjection,
  sentText,
  timeOf,
} from '@parley/testing';
import { sql } from 'kysely';
import { expect } from 'vitest';

import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { timeline } from './timeline.projection.ts';

const test = databaseTest<MessageDb>(migrations);

const chiAdded: ConversationEvent = {
  type: 'conversation.members-added',
  data: { conversationId: hanoi, members: [{ userId: chi, role: 'member' }], addedBy: an },
};
const chiRemoved: ConversationEvent = {
  type: 'conversation.member-removed',
  data: { conversationId: hanoi, userId: chi, removedBy: an },
};
function edited(number: number, messageSeq: number, text: string): MessageEvent {
  const place = placeOfText(hanoi, number, messageSeq);
  return { type: 'message.edited', data: { ...place, content: { type: 'text', text } } };
}
const awkward = 'chào \\ "bạn"\n\t🙂 \u2028 {}';

const { events: history } = chronicle<ConversationEvent | MessageEvent>()
  .record(hanoi, an, {
    type: 'conversation.started',
    data: { conversationId: hanoi, kind: 'group', name: 'Hà Nội', members: [{ userId: an, role: 'owner' }] },
  })
  .record(hanoi, an, chiAdded)
  .record(hanoi, chi, sentText(hanoi, 1, awkward))
  .record(hanoi, an, chiRemoved)
  .record(hue, binh, {
    type: 'conversation.started',
    data: { conversationId: hue, kind: 'direct', members: [{ userId: binh, role: 'member' }] },
  })
  .record(hanoi, an, sentText(hanoi, 2))
  .record(hanoi, an, chiAdded)
  .record(hanoi, chi, { type: 'conversation.member-left', data: { conversationId: hanoi, userId: chi } })
  .record(hanoi, an, chiAdded)
  .record(hanoi, chi, edited(1, 3, 'lời thứ hai'))
  .record(hanoi, chi, edited(1, 3, 'lời thứ ba'))
  .record(hue, binh, sentText(hue, 3))
  .record(hue, binh, {
    type: 'message.edited',
    data: { ...placeOfText(hue, 3, 2), content: { type: 'text', text: 'sửa rồi xoá' } },
  })
  .record(hue, binh, {
    type: 'message.reaction-added',
    data: { ...placeOfText(hue, 3, 2), emoji: '👍', count: 1 },
  })
  .record(hanoi, an, {
    type: 'message.reaction-added',
    data: { ...placeOfText(hanoi, 2, 5), emoji: '👍', count: 1 },
  })
  .record(hanoi, an, {
    type: 'message.reaction-removed',
    data: { ...placeOfText(hanoi, 2, 5), emoji: '👍', count: 0 },
  })
  .record(hanoi, an, {
    type: 'message.reaction-added',
    data: { ...placeOfText(hanoi, 2, 5), emoji: '👍', count: 1 },
  })
  .record(hanoi, an, { type: 'message.pinned', data: placeOfText(hanoi, 2, 5) })
  .record(hanoi, an, { type: 'message.unpinned', data: placeOfText(hanoi, 2, 5) })
  .record(hanoi, an, { type: 'message.pinned', data: placeOfText(hanoi, 2, 5) })
  .record(hue, binh, { type: 'message.deleted', data: placeOfText(hue, 3, 2) })
  .record(hue, chi, { type: 'conversation.member-joined', data: { conversationId: hue, userId: chi } })
  .record(hue, binh, {
    type: 'conversation.dissolved',
    data: { conversationId: hue, memberIds: [binh, chi] },
  });

test('shows every message in its place, to the letter', async ({ db }) => {
  await runProjection(db, timeline, history.slice(0, 9));

  const rows = await db
    .selectFrom('message')
    .select(['conversation_id', 'seq', 'message_id', 'sender_id', 'client_message_id', 'content', 'sent_at'])
    .where('conversation_id', '=', hanoi)
    .where(sql<boolean>`content ->> 'type' = 'text'`)
    .orderBy('seq')
    .execute();
  const [first, second] = [sentText(hanoi, 1, awkward).data, sentText(hanoi, 2).data];
  expect(rows).toEqual([
    {
      conversation_id: hanoi,
      seq: 3,
      message_id: first.messageId,
      sender_id: chi,
      client_message_id: first.clientMessageId,
      content: first.content,
      sent_at: new Date(timeOf(3)),
    },
    {
      conversation_id: hanoi,
      seq: 5,
      message_id: second.messageId,
      sender_id: an,
      client_message_id: second.clientMessageId,
      content: second.content,
      sent_at: new Date(timeOf(6)),
    },
  ]);
});

test('remembers each stay of a person in a conversation', async ({ db }) => {
  await runProjection(db, timeline, history);

  const rows = await db
    .selectFrom('membership')
    .select(['joined_seq', 'left_seq'])
    .where('user_id', '=', chi)
    .where('conversation_id', '=', hanoi)
    .orderBy('joined_seq')
    .execute();
  expect(rows).toEqual([
    { joined_seq: 2, left_seq: 4 },
    { joined_seq: 6, left_seq: 7 },
    { joined_seq: 8, left_seq: null },
  ]);
});

test('shows what a message says now, and keeps what it said before', async ({ db }) => {
  await runProjection(db, timeline, history);

  const message = await db
    .selectFrom('message')
    .select(['content', 'edited_at', 'changed_seq'])
    .where('conversation_id', '=', hanoi)
    .where('seq', '=', 3)
    .executeTakeFirst();
  expect(message).toEqual({
    content: { type: 'text', text: 'lời thứ ba' },
    edited_at: new Date(timeOf(11)),
    changed_seq: 10,
  });
  const versions = await db
    .selectFrom('message_version')
    .select(['version_seq', 'content', 'written_at'])
    .where('conversation_id', '=', hanoi)
    .orderBy('version_seq')
    .execute();
  expect(versions).toEqual([
    { version_seq: 3, content: { type: 'text', text: awkward }, written_at: new Date(timeOf(3)) },
    { version_seq: 9, content: { type: 'text', text: 'lời thứ hai' }, written_at: new Date(timeOf(10)) },
    { version_seq: 10, content: { type: 'text', text: 'lời thứ ba' }, written_at: new Date(timeOf(11)) },
  ]);
});

test('keeps nothing of a deleted message but its place', async ({ db }) => {
  await runProjection(db, timeline, history);

  const message = await db
    .selectFrom('message')
    .select(['content', 'edited_at', 'deleted_at', 'deleted_by', 'changed_seq'])
    .where('conversation_id', '=', hue)
    .where('seq', '=', 2)
    .executeTakeFirst();
  expect(message).toEqual({
    content: null,
    edited_at: null,
    deleted_at: new Date(timeOf(21)),
    deleted_by: binh,
    changed_seq: 5,
  });
  const versions = db.selectFrom('message_version').select('version_seq').where('conversation_id', '=', hue);
  expect(await versions.execute()).toEqual([]);
});

test('ends everybody’s stay where a group is dissolved', async ({ db }) => {
  await runProjection(db, timeline, history);

  const rows = await db
    .selectFrom('membership')
    .select(['user_id', 'joined_seq', 'left_seq'])
    .where('conversation_id', '=', hue)
    .orderBy('user_id')
    .execute();
  expect(rows).toEqual([
    { user_id: binh, joined_seq: 1, left_seq: 7 },
    { user_id: chi, joined_seq: 6, left_seq: 7 },
  ]);
});

describeReplay(timeline, { migrations, history });

function calls(number: number, messageSeq: number, ...userIds: readonly (typeof an)[]): MessageEvent {
  const entities = userIds.map((userId) => ({ type: 'mention' as const, offset: 0, length: 1, userId }));
  const place = placeOfText(hanoi, number, messageSeq);
  return { type: 'message.edited', data: { ...place, content: { type: 'text', text: '@ơi', entities } } };
}

function sticker(number: number): MessageEvent {
  const stickerId = stickerPacks[0]?.stickers[0]?.stickerId;
  if (stickerId === undefined) throw new Error('there are stickers');
  const { data } = sentText(hanoi, number);
  return { type: 'message.sent', data: { ...data, content: { type: 'sticker', stickerId } } };
}

/** Edits that call somebody, others, and nobody; stickers; and what was deleted of both. */
const { events: callings } = chronicle<ConversationEvent | MessageEvent>()
  .record(hanoi, an, {
    type: 'conversation.started',
    data: {
      conversationId: hanoi,
      kind: 'group',
      members: [an, binh, chi].map((userId) => ({ userId, role: 'owner' })),
    },
  })
  .record(hanoi, an, sentText(hanoi, 1))
  .record(hanoi, an, sentText(hanoi, 2))
  .record(hanoi, binh, sticker(3))
  .record(hanoi, binh, sticker(4))
  .record(hanoi, an, sticker(5))
  .record(hanoi, an, calls(1, 2, binh))
  .record(hanoi, an, calls(2, 3, binh, chi))
  .record(hanoi, an, calls(1, 2))
  .record(hanoi, an, calls(1, 2, chi))
  .record(hanoi, an, { type: 'message.deleted', data: placeOfText(hanoi, 2, 3) })
  .record(hanoi, binh, { type: 'message.deleted', data: placeOfText(hanoi, 3, 4) });
describeReplay(timeline, { migrations, history: callings });
