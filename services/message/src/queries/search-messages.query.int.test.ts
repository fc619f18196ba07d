import { type ConversationEvent, type MessageEvent, wordsOf } from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  hanoi,
  hue,
  placeOfText,
  sentText,
  timeOf,
} from '@parley/testing';
import { describe, expect } from 'vitest';

import { type Asked, project, type Said, search, started, tell, textsOf } from '../../test/searching.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { parseSearchCursor } from './search-cursor.ts';

const test = databaseTest<MessageDb>(migrations);

/** An edit that calls people. */
const called = (number: number, seq: number, ...userIds: readonly (typeof an)[]): MessageEvent => ({
  type: 'message.edited',
  data: {
    ...placeOfText(hanoi, number, seq),
    content: {
      type: 'text',
      text: `@${number} ơi`,
      entities: userIds.map((userId) => ({ type: 'mention', offset: 0, length: 2, userId })),
    },
  },
});

describe('who may find what', () => {
  const secret = 'mật khẩu';

  test('only what was said in one’s own conversations', async ({ db }) => {
    await tell(db, [
      [an, secret],
      [an, secret, hue],
    ]);
    const chiFinds = await search(db, secret, { userId: chi });
    expect(chiFinds.data.map(({ message }) => message.conversationId)).toEqual([hue]);
    expect(chiFinds.facets?.conversations).toEqual([{ conversationId: hue, count: 1 }]);
    expect(await textsOf(db, secret, { userId: chi, conversationId: hanoi })).toEqual([]);
    expect(await textsOf(db, secret)).toHaveLength(2);
  });

  test('nothing of a conversation that one was removed from', async ({ db }) => {
    await tell(
      db,
      [[an, secret]],
      [{ type: 'conversation.member-removed', data: { conversationId: hanoi, userId: binh, removedBy: an } }],
    );
    expect(await textsOf(db, secret, { userId: binh })).toEqual([]);
    expect(await textsOf(db, secret)).toEqual([secret]);
  });

  test('nothing that was changed since the index was read', async ({ db }) => {
    await tell(db, [
      [an, secret],
      [an, `${secret} hai`],
    ]);
    await db.updateTable('message').set({ content: null }).where('seq', '=', 2).execute();
    const content = { type: 'text', text: 'không còn' } as const;
    await db.updateTable('message').set({ content }).where('seq', '=', 3).execute();
    expect(await textsOf(db, secret)).toEqual([]);
  });

  test('everything that the history shows to somebody who came later', async ({ db }) => {
    await tell(
      db,
      [[an, secret]],
      [
        {
          type: 'conversation.members-added',
          data: { conversationId: hanoi, members: [{ userId: chi, role: 'member' }], addedBy: an },
        },
      ],
    );
    expect(await textsOf(db, secret, { userId: chi })).toEqual([secret]);
  });
});

describe('filters', () => {
  const said: readonly Said[] = [
    [an, 'phở một'],
    [binh, 'phở hai', hue],
    [chi, 'phở ba', hue],
    [an, 'bún'],
  ];

  test('by conversation, sender, type and time', async ({ db }) => {
    await tell(db, said);
    expect(await textsOf(db, 'pho', { conversationId: hue })).toEqual(['phở ba', 'phở hai']);
    expect(await textsOf(db, 'pho', { senderId: binh })).toEqual(['phở hai']);
    expect(await textsOf(db, undefined, { senderId: an })).toEqual(['bún', 'phở một']);
    expect(await textsOf(db, 'pho', { type: 'text' })).toHaveLength(3);
    expect(await textsOf(db, 'pho', { type: 'image' })).toEqual([]);
    // Two conversations began at 1 and 2, so the first message is at 3.
    expect(await textsOf(db, 'pho', { from: timeOf(4) })).toEqual(['phở ba', 'phở hai']);
    expect(await textsOf(db, 'pho', { from: timeOf(4), to: timeOf(5) })).toEqual(['phở hai']);
    expect(await textsOf(db, 'pho', { hasAttachment: true })).toEqual([]);
    expect(await textsOf(db, 'pho', { hasAttachment: false })).toHaveLength(3);
  });

  test('by being mentioned', async ({ db }) => {
    const mention = sentText(hanoi, 0, '@An ơi');
    if (mention.type !== 'message.sent') throw new Error('a text is sent');
    const { events } = chronicle<ConversationEvent | MessageEvent>()
      .record(hanoi, an, started(hanoi, an, binh))
      .record(hanoi, binh, { ...mention, data: { ...mention.data, mentions: [an] } })
      .record(hanoi, binh, sentText(hanoi, 1, 'An ơi'));
    await project(db, events);
    expect(await textsOf(db, undefined, { mentionsMe: true })).toEqual(['@An ơi']);
    expect(await textsOf(db, 'ơi', { userId: binh, mentionsMe: true })).toEqual([]);
  });

  test('by being mentioned in what a message says since it was edited', async ({ db }) => {
    const { events } = chronicle<ConversationEvent | MessageEvent>()
      .record(hanoi, an, started(hanoi, an, binh))
      .record(hanoi, binh, sentText(hanoi, 1))
      .record(hanoi, binh, sentText(hanoi, 2))
      .record(hanoi, binh, called(1, 2, an))
      .record(hanoi, binh, called(2, 3, an))
      .record(hanoi, binh, called(2, 3));
    await project(db, events);
    const { data } = await search(db, undefined, { mentionsMe: true });
    expect(data.map(({ message }) => [wordsOf(message.content), message.mentions])).toEqual([
      ['@1 ơi', [an]],
    ]);
    const [, second] = (await search(db, 'ơi')).data.toReversed();
    expect(second?.message.mentions).toEqual([]);
  });

  test('facets count every match by type, sender and conversation', async ({ db }) => {
    await tell(db, said);
    const { facets } = await search(db, 'pho', { limit: 1 });
    expect(facets).toEqual({
      isExact: true,
      matchCount: 3,
      types: [{ type: 'text', count: 3 }],
      senders: [
        { userId: chi, count: 1 },
        { userId: binh, count: 1 },
        { userId: an, count: 1 },
      ],
      conversations: [
        { conversationId: hue, count: 2 },
        { conversationId: hanoi, count: 1 },
      ],
    });
  });
});

test('pages follow one another without a hole or a double, the exact ones first', async ({ db }) => {
  const texts = Array.from({ length: 23 }, (_, index) => `${index % 3 === 0 ? 'Đường' : 'duong'} ${index}`);
  await tell(
    db,
    texts.map((text) => [an, text]),
  );
  const newestFirst = texts.toReversed();
  const expected = [
    ...newestFirst.filter((text) => text.startsWith('Đ')),
    ...newestFirst.filter((text) => text.startsWith('d')),
  ];
  for (const limit of [1, 4, 8, 22, 23, 50]) {
    const seen: string[] = [];
    let cursor: Asked['cursor'];
    do {
      const { data, page, facets } = await search(db, 'đường', { limit, cursor });
      expect(facets === null).toBe(cursor !== undefined);
      seen.push(...data.map(({ message }) => wordsOf(message.content)));
      cursor = page.nextCursor === null ? undefined : parseSearchCursor(page.nextCursor);
      expect(page.hasMore).toBe(cursor !== undefined);
    } while (cursor !== undefined);
    expect(seen).toEqual(expected);
  }
});

test('a page of long texts is shorter, and the next goes on', async ({ db }) => {
  await tell(
    db,
    Array.from({ length: 60 }, (_, index) => [an, `${index} ${'ở'.repeat(9_000)}`]),
  );
  const seen: string[] = [];
  let cursor: Asked['cursor'];
  do {
    const { data, page } = await search(db, 'ơ', { cursor });
    expect(data.length).toBeLessThan(20);
    seen.push(...data.map(({ message }) => wordsOf(message.content).slice(0, 2).trim()));
    cursor = page.nextCursor === null ? undefined : parseSearchCursor(page.nextCursor);
  } while (cursor !== undefined);
  expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => String(59 - index)));
});

test('a cursor that was not given out is none', () => {
  for (const cursor of ['', 'exact', 'exact.', 'newest.1', 'folded.-1', `folded.${'9'.repeat(17)}`]) {
    expect(parseSearchCursor(cursor)).toBeUndefined();
  }
});
