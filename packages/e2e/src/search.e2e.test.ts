import type { AnswerOfRoute } from '@parley/client';
import { wordsOf } from '@parley/contracts';
import { type Person, type Place, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

import { outcomeOf } from './raw.ts';

const SEARCH = '/v1/conversations/messages/search?q=';

type Looking = Parameters<Person['device']['chat']['search']>[0];

/** What a person finds, in everything that they have written. */
async function find(who: Person, q: string, more: Looking = {}): Promise<AnswerOfRoute<'searchMessages'>> {
  return who.api.call('searchMessages', { query: { q, ...more } });
}

async function textsFound(who: Person, q: string, more: Looking = {}): Promise<readonly string[]> {
  const { data } = await find(who, q, more);
  return data.map(({ message }) => wordsOf(message.content));
}

/** Until somebody else finds it, who waits for nothing but the tables. */
async function comesToFind(who: Person, q: string, texts: readonly string[]): Promise<void> {
  let found: readonly string[] = [];
  await until({
    look: async () => {
      const { data } = await who.device.chat.search({ q });
      found = data.map(({ message }) => wordsOf(message.content));
      return JSON.stringify(found) === JSON.stringify(texts) ? true : undefined;
    },
    instead: () => `${who.name} finds ${JSON.stringify(found)} by ${q}, not ${JSON.stringify(texts)}`,
  });
}

async function saysAll(who: Person, texts: readonly string[], place: Place): Promise<void> {
  for (const text of texts) await who.says(text, { in: place });
}

describe('search', () => {
  test('finds what was said by any part of it, with accents or without', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const decomposed = 'Đường về nhà'.normalize('NFD');
    await saysAll(an, ['Em học tiếng Việt', 'duong sat', decomposed, '我家在上海东边', 'いちにさん'], hanoi);

    await comesToFind(binh, 'tieng viet', ['Em học tiếng Việt']);
    await comesToFind(binh, 'Việt TIẾNG', ['Em học tiếng Việt']);
    await comesToFind(binh, 'duong', [decomposed, 'duong sat']);
    await comesToFind(binh, 'Đường', [decomposed, 'duong sat']);
    await comesToFind(binh, '上海', ['我家在上海东边']);
    await comesToFind(binh, 'いち', ['いちにさん']);
    await comesToFind(binh, 'tiếng Hoa', []);

    const { data } = await find(binh, 'duong nha');
    const [{ message, highlights } = { message: undefined, highlights: [] }] = data;
    const marked = highlights.map(({ offset, length }) =>
      wordsOf(message?.content ?? null).slice(offset, offset + length),
    );
    expect(marked).toEqual(['Đường', 'nhà'].map((word) => word.normalize('NFD')));
  });

  test('has what is written the same way before what is newer, and loses what was deleted', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { messageId } = await an.says('Đường sắt', { in: hanoi });
    await saysAll(an, ['duong pho', 'dương cầm'], hanoi);

    await comesToFind(binh, 'duong', ['dương cầm', 'duong pho', 'Đường sắt']);
    await comesToFind(binh, 'Đường', ['Đường sắt', 'dương cầm', 'duong pho']);
    await an.api.call('deleteMessage', { params: { id: messageId } });
    await comesToFind(binh, 'Đường', ['dương cầm', 'duong pho']);
  });

  test('goes through pages without a hole, and counts what there is', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const hue = await an.startsGroup('Huế', { with: [binh] });
    const said = Array.from({ length: 7 }, (_, index) => `phở ${index}`);
    for (const [index, text] of said.entries()) await an.says(text, { in: index % 2 === 0 ? hanoi : hue });
    await comesToFind(binh, 'pho', said.toReversed());

    const first = await find(binh, 'pho', { limit: 3 });
    expect(first.facets).toEqual({
      isExact: true,
      matchCount: 7,
      types: [{ type: 'text', count: 7 }],
      senders: [{ userId: an.userId, count: 7 }],
      conversations: [
        { conversationId: hanoi.conversationId, count: 4 },
        { conversationId: hue.conversationId, count: 3 },
      ],
    });
    const seen = first.data.map(({ message }) => wordsOf(message.content));
    for (let cursor = first.page.nextCursor; cursor !== null;) {
      const { data, page } = await find(binh, 'pho', { limit: 3, cursor });
      seen.push(...data.map(({ message }) => wordsOf(message.content)));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(said.toReversed());

    const forged = `${first.page.nextCursor?.slice(0, -1)}!`;
    await expect(find(binh, 'pho', { cursor: forged })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    const only = { conversationId: hue.conversationId, senderId: an.userId, type: 'text' };
    expect(await textsFound(binh, 'pho', only)).toEqual(['phở 5', 'phở 3', 'phở 1']);
    expect(await textsFound(binh, 'pho', { to: '2020-01-01T00:00:00Z' })).toEqual([]);
  });

  test('shows nobody what they may not read', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await an.says('mật khẩu một', { in: hanoi });
    await comesToFind(binh, 'mat khau', ['mật khẩu một']);
    expect(await textsFound(chi, 'mat khau', { conversationId: hanoi.conversationId })).toEqual([]);

    const removedAt = await an.removes(binh, { from: hanoi });
    await an.says('mật khẩu hai', { in: hanoi });
    await comesToFind(an, 'mat khau', ['mật khẩu hai', 'mật khẩu một']);
    const { data, facets } = await binh.api.call('searchMessages', {
      query: { q: 'mat khau' },
      minPosition: removedAt,
    });
    expect([data, facets?.matchCount]).toEqual([[], 0]);
  });

  test('finds what is said now, and nothing that was deleted', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { messageId } = await an.says('Tối nay 7 giờ', { in: hanoi });
    await comesToFind(binh, 'toi nay', ['Tối nay 7 giờ']);

    const params = { id: messageId };
    const body = { content: 'Sáng mai' };
    const { position: editedAt } = await an.api.call('editMessage', { params, body });
    const asOf = async (q: string, minPosition: string) => {
      const { data, facets } = await binh.api.call('searchMessages', { query: { q }, minPosition });
      return [data.map(({ message }) => wordsOf(message.content)), facets?.matchCount];
    };
    expect(await asOf('sang mai', editedAt)).toEqual([['Sáng mai'], 1]);
    expect(await asOf('toi nay', editedAt)).toEqual([[], 0]);

    const { position: deletedAt } = await an.api.call('deleteMessage', { params });
    expect(await asOf('sang mai', deletedAt)).toEqual([[], 0]);
  });

  test('takes operators, quotes and long lists for words', async ({ world }) => {
    const [an] = await world.people('An');
    const hanoi = await an.startsGroup('Hà Nội', { with: [] });
    const text = `100% "thật" _ ' :* <-> \\ a OR b`;
    await an.says(text, { in: hanoi });
    for (const q of ['%', '_', '\\', "'", ':*', '"thật"', 'a OR b', '<->']) await comesToFind(an, q, [text]);
    await comesToFind(an, 'a OR c', []);

    const headers = { authorization: `Bearer ${an.device.tokens.accessToken}` };
    const tried = ['OR '.repeat(1_000), 'ở'.repeat(10_240), 'x'.repeat(10_240), 'a\0b'];
    for (const q of tried) {
      const outcome = await outcomeOf(world.gatewayUrl(0), {
        method: 'GET',
        path: `${SEARCH}${encodeURIComponent(q)}`,
        headers,
      });
      expect(outcome).toMatch(/^(VALIDATION_FAILED|4\d\d)/);
    }
  });
});
