import type { MessageEvent, RecordedEvent } from '@parley/contracts';
import {
  an,
  binh,
  chronicle,
  databaseTest,
  describeReplay,
  hanoi,
  hue,
  runProjection,
  sentText,
} from '@parley/testing';
import { expect } from 'vitest';

import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { gramsToFind, segmentKey } from '../storage/search-keys.ts';
import { searchIndex } from './search-index.projection.ts';

const test = databaseTest<MessageDb>(migrations);

const { events: history } = chronicle<MessageEvent>()
  .record(hue, an, sentText(hue, 1, 'Tiếng Việt'))
  .record(hue, binh, sentText(hue, 2, 'plain words'))
  .record(hue, binh, sentText(hue, 3, '我家在上海东边 \\ "🙂"\n\t%'));

test('keeps what every message says as it is compared', async ({ db }) => {
  await runProjection(db, searchIndex, history);

  const rows = await db
    .selectFrom('search_entry')
    .select(['conversation_id', 'position', 'sender_id', 'type', 'folded', 'accented'])
    .orderBy('position')
    .execute();
  const placed = { type: 'text' };
  expect(rows).toEqual([
    {
      ...placed,
      conversation_id: hue,
      position: 1,
      sender_id: an,
      folded: 'tieng viet',
      accented: 'tiếng việt',
    },
    {
      ...placed,
      conversation_id: hue,
      position: 2,
      sender_id: binh,
      folded: 'plain words',
      accented: null,
    },
    {
      ...placed,
      conversation_id: hue,
      position: 3,
      sender_id: binh,
      folded: '我家在上海东边 \\ "🙂"  %',
      accented: null,
    },
  ]);
});

test('keeps the grams by which it is looked up', async ({ db }) => {
  await runProjection(db, searchIndex, history);

  const { keys } = await db
    .selectFrom('search_entry')
    .select('keys')
    .where('position', '=', 3)
    .executeTakeFirstOrThrow();
  for (const word of ['上海', '家', '🙂']) {
    expect(keys).toEqual(expect.arrayContaining(gramsToFind([word]).map((gram) => segmentKey(0, gram))));
  }
});

const edited = (number: number, text: string): MessageEvent => ({
  type: 'message.edited',
  data: { ...placeOf(number), content: { type: 'text', text } },
});
const deleted = (number: number): MessageEvent => ({ type: 'message.deleted', data: placeOf(number) });

function placeOf(number: number) {
  const { conversationId, messageId } = sentText(hanoi, number).data;
  return { conversationId, messageId, messageSeq: number };
}

/** After the first history, and in a conversation of its own numbers. */
const later = (event: RecordedEvent<MessageEvent>) => ({
  ...event,
  position: event.position + history.length,
});

const { events: changes } = chronicle<MessageEvent>()
  .record(hanoi, an, sentText(hanoi, 1, 'một'))
  .record(hanoi, an, sentText(hanoi, 2, 'hai'))
  .record(hanoi, an, sentText(hanoi, 3, 'ba'))
  .record(hanoi, an, edited(1, 'lần đầu'))
  .record(hanoi, an, edited(1, 'Đường'))
  .record(hanoi, an, deleted(2))
  .record(hanoi, an, edited(3, 'bốn'))
  .record(hanoi, an, deleted(3));

test('keeps what was said last, in its old place, and nothing that was deleted', async ({ db }) => {
  await runProjection(db, searchIndex, changes);

  const rows = await db
    .selectFrom('search_entry')
    .select(['position', 'seq', 'folded', 'accented', 'keys'])
    .execute();
  const keys = ['du', 'uo'].flatMap((pair) => gramsToFind([pair]).map((gram) => segmentKey(0, gram)));
  expect(rows).toEqual([
    { position: 1, seq: 1, folded: 'duong', accented: 'đường', keys: expect.arrayContaining(keys) },
  ]);
  const old = gramsToFind(['la']).map((gram) => segmentKey(0, gram));
  expect(rows[0]?.keys).not.toEqual(expect.arrayContaining(old));
});

describeReplay(searchIndex, { migrations, history: [...history, ...changes.map(later)] });
