import type { ConversationEvent, FileId, MessageEvent, SentContent } from '@parley/contracts';
import { wordsOf } from '@parley/contracts';
import { an, chronicle, databaseTest, hanoi, sentText } from '@parley/testing';
import type { Kysely } from 'kysely';
import { describe, expect } from 'vitest';

import { type Looking, project, search, started, tell, textsOf } from '../../test/searching.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';

const test = databaseTest<MessageDb>(migrations);

const cases: readonly (readonly [q: string, found: readonly number[]])[] = [
  ['tieng viet', [8, 0]],
  ['Việt tiếng', [8, 0]],
  ['VIET', [8, 0]],
  ['ieng', [8, 0]],
  ['duong', [3, 2, 1]],
  ['Đường', [3, 1, 2]],
  ['đuong', [3, 2, 1]],
  ['d', [9, 7, 6, 3, 2, 1]],
  ['上海', [4]],
  ['海', [4]],
  ['いち', [5]],
  ['full WIDTH', [9]],
  ['%', [6]],
  ['_', [6]],
  ['\\', [6]],
  ['"', [6]],
  ["'", [7]],
  [':*', [7]],
  ['<-> !c |', [7]],
  ['tiếng Hoa', []],
  ['a OR b', []],
  ["'; drop table message;--", []],
  ['\u0301', []],
];

describe('words', () => {
  const texts = [
    'Tôi học tiếng Việt',
    'Con đường về nhà',
    'duong',
    'ĐƯỜNG sắt',
    '我家在上海东边',
    'いちにさん',
    '100% _thật_ \\ "được"',
    "it's a:* & b | !c <-> d",
    'Tiếng Việt'.normalize('NFD'),
    'Ｆｕｌｌ　ｗｉｄｔｈ',
  ];
  test('are found in any part of what was said, with accents or without', async ({ db }) => {
    await tell(
      db,
      texts.map((text) => [an, text]),
    );
    for (const [q, found] of cases) {
      const looked = await textsOf(db, q);
      expect([q, looked.map((text) => texts.indexOf(text))]).toEqual([q, found]);
    }
  });

  test('what is highlighted is what was written, in whatever form', async ({ db }) => {
    await tell(
      db,
      texts.map((text) => [an, text]),
    );
    const highlighted = async (q: string) => {
      const { data } = await search(db, q);
      return data.map(({ message, highlights }) =>
        highlights.map(({ offset, length }) => wordsOf(message.content).slice(offset, offset + length)),
      );
    };
    expect(await highlighted('tieng viet')).toEqual([
      ['Tiếng', 'Việt'].map((word) => word.normalize('NFD')),
      ['tiếng', 'Việt'],
    ]);
    expect(await highlighted('上海')).toEqual([['上海']]);
    expect(await highlighted('width full')).toEqual([['Ｆｕｌｌ', 'ｗｉｄｔｈ']]);
    expect(await highlighted('học iế ến')).toEqual([['học', 'iến', 'iệ']]);
  });
});

describe('what is attached', () => {
  const fileId = 'fil_00000000000000000000000001' as FileId;
  const picture = {
    fileId,
    name: 'Hồ Gươm.jpg',
    sizeBytes: 1,
    mediaType: 'image/jpeg',
    caption: 'Buổi sáng',
  };
  const contents: readonly SentContent[] = [
    { type: 'image', text: 'Hồ Tây', attachments: [{ ...picture, name: 'x.jpg' }, picture] },
    { type: 'file', attachments: [{ ...picture, name: 'Báo cáo.pdf' }] },
    { type: 'location', lat: 21, lng: 105, name: 'Chợ Đồng Xuân' },
    { type: 'contact', name: 'Chị Đào', phone: '+84 123' },
    { type: 'text', text: 'không có gì' },
  ];
  async function attach(db: Kysely<MessageDb>): Promise<void> {
    const chronicled = chronicle<ConversationEvent | MessageEvent>().record(hanoi, an, started(hanoi, an));
    for (const [index, content] of contents.entries()) {
      const sent = sentText(hanoi, index);
      if (sent.type !== 'message.sent') throw new Error('a text is sent');
      chronicled.record(hanoi, an, { ...sent, data: { ...sent.data, content } });
    }
    await project(db, chronicled.events);
  }

  test('is found by its name and its caption, and the highlight says where', async ({ db }) => {
    await attach(db);
    const placesOf = async (q: string) => {
      const { data } = await search(db, q);
      return data.map(({ message, highlights }) => [
        message.content?.type,
        ...highlights.map(({ field, attachment, offset }) => [field, attachment, offset]),
      ]);
    };
    expect(await placesOf('bao cao')).toEqual([['file', ['file-name', 0, 0], ['file-name', 0, 4]]]);
    expect(await placesOf('ho guom')).toEqual([
      ['image', ['text', undefined, 0], ['file-name', 1, 0], ['file-name', 1, 3]],
    ]);
    expect(await placesOf('dong xuan')).toEqual([
      ['location', ['name', undefined, 4], ['name', undefined, 9]],
    ]);
    expect(await placesOf('đào')).toEqual([['contact', ['name', undefined, 4]]]);
    expect(await placesOf('jpgbuoi')).toEqual([]);
  });

  test('is what a search by type or attachment finds', async ({ db }) => {
    await attach(db);
    const typesOf = async (looking: Looking) => {
      const { data } = await search(db, undefined, looking);
      return data.map(({ message }) => message.content?.type);
    };
    expect(await typesOf({ hasAttachment: true })).toEqual(['file', 'image']);
    expect(await typesOf({ hasAttachment: false })).toEqual(['text', 'contact', 'location']);
    expect(await typesOf({ type: 'location' })).toEqual(['location']);
    const { facets } = await search(db, 'a');
    expect(facets?.types).toEqual([
      { type: 'contact', count: 1 },
      { type: 'location', count: 1 },
      { type: 'file', count: 1 },
      { type: 'image', count: 1 },
    ]);
  });
});
