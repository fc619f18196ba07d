import type { ConversationEvent, ConversationId, MessageEvent } from '@parley/contracts';
import { an, binh, chi, chronicle, databaseTest, hanoi, hue, runProjection, sentText } from '@parley/testing';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { timeline } from '../projections/timeline.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { findSentMessage } from './find-sent-message.query.ts';
import { getMessage } from './get-message.query.ts';
import { type HistoryBound, listMessages, parseHistoryCursor } from './list-messages.query.ts';

const test = databaseTest<MessageDb>(migrations);

const started = (conversationId: ConversationId, kind: 'direct' | 'group' = 'group'): ConversationEvent => ({
  type: 'conversation.started',
  data: {
    conversationId,
    kind,
    members: [
      { userId: an, role: 'owner' },
      { userId: binh, role: 'member' },
    ],
  },
});
const binhRemoved: ConversationEvent = {
  type: 'conversation.member-removed',
  data: { conversationId: hanoi, userId: binh, removedBy: an },
};

/** Number 1 opens the conversation; messages are 2 to 6, then 8 and 9: at 7 Bình was removed. 1 and 7 have a line each. */
async function tell(db: Kysely<MessageDb>): Promise<void> {
  const story = chronicle<ConversationEvent | MessageEvent>().record(hanoi, an, started(hanoi));
  for (const number of [2, 3, 4, 5, 6]) story.record(hanoi, an, sentText(hanoi, number));
  story.record(hanoi, an, binhRemoved);
  for (const number of [8, 9]) story.record(hanoi, an, sentText(hanoi, number));
  story.record(hue, an, started(hue, 'direct'));
  await runProjection(db, timeline, story.events);
}

async function page(db: Kysely<MessageDb>, bound: HistoryBound, limit = 3) {
  const found = await listMessages(db, { userId: an, conversationId: hanoi, bound, limit });
  if (found === undefined) throw new Error('An is a member');
  const { data, ...rest } = found;
  return { seqs: data.map(({ seq }) => seq), ...rest };
}

test('without a bound come the latest, the oldest of them first', async ({ db }) => {
  await tell(db);
  expect(await page(db, { from: 'latest' })).toEqual({
    seqs: [7, 8, 9],
    prevCursor: 'before.7',
    nextCursor: undefined,
    hasMore: true,
  });
});

test('a page before a number leads on in both directions', async ({ db }) => {
  await tell(db);
  expect(await page(db, { from: 'before', seq: 6 })).toEqual({
    seqs: [3, 4, 5],
    prevCursor: 'before.3',
    nextCursor: 'after.5',
    hasMore: true,
  });
  expect(await page(db, { from: 'before', seq: 3 })).toEqual({
    seqs: [1, 2],
    prevCursor: undefined,
    nextCursor: 'after.2',
    hasMore: false,
  });
});

test('a page after a number ends at the head', async ({ db }) => {
  await tell(db);
  expect(await page(db, { from: 'after', seq: 2 })).toEqual({
    seqs: [3, 4, 5],
    prevCursor: 'before.3',
    nextCursor: 'after.5',
    hasMore: true,
  });
  expect(await page(db, { from: 'after', seq: 6 })).toEqual({
    seqs: [7, 8, 9],
    prevCursor: 'before.7',
    nextCursor: undefined,
    hasMore: false,
  });
});

test('a page around a number has it in the middle, wherever the number falls', async ({ db }) => {
  await tell(db);
  expect(await page(db, { from: 'around', seq: 5 })).toMatchObject({ seqs: [4, 5, 6], hasMore: true });
  expect(await page(db, { from: 'around', seq: 7 }, 2)).toMatchObject({ seqs: [6, 7], hasMore: true });
  expect(await page(db, { from: 'around', seq: 5 }, 100)).toEqual({
    seqs: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    prevCursor: undefined,
    nextCursor: undefined,
    hasMore: false,
  });
});

test('beyond either end the page is empty and leads back', async ({ db }) => {
  await tell(db);
  expect(await page(db, { from: 'before', seq: 1 })).toMatchObject({ seqs: [], nextCursor: 'after.0' });
  expect(await page(db, { from: 'after', seq: Number.MAX_SAFE_INTEGER })).toEqual({
    seqs: [],
    prevCursor: `before.${Number.MAX_SAFE_INTEGER}`,
    nextCursor: undefined,
    hasMore: false,
  });
});

test('cursors walk the whole history in both directions', async ({ db }) => {
  await tell(db);
  const walked: number[] = [];
  let bound: HistoryBound | undefined = { from: 'latest' };
  while (bound !== undefined) {
    const { seqs, prevCursor } = await page(db, bound, 2);
    walked.unshift(...seqs);
    bound = prevCursor === undefined ? undefined : parseHistoryCursor(prevCursor);
  }
  expect(walked).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a member of a conversation in which nobody said anything gets an empty page', async ({ db }) => {
  await tell(db);
  const found = await listMessages(db, {
    userId: an,
    conversationId: hue,
    bound: { from: 'latest' },
    limit: 3,
  });
  expect(found).toMatchObject({ data: [], hasMore: false });
});

test('who was removed or was never in sees nothing, as if there were no such conversation', async ({
  db,
}) => {
  await tell(db);
  const nowhere = 'cnv_00000000000000000000000009' as ConversationId;
  for (const [userId, conversationId] of [
    [binh, hanoi],
    [chi, hanoi],
    [an, nowhere],
  ] as const) {
    const asked = { userId, conversationId, bound: { from: 'latest' } as const, limit: 3 };
    expect(await listMessages(db, asked)).toBeUndefined();
  }
});

test('a cursor that was not given out is none', () => {
  for (const cursor of ['', 'around.1', 'before.', 'before.-1', 'before.1e3', `after.${'9'.repeat(16)}`]) {
    expect(parseHistoryCursor(cursor)).toBeUndefined();
  }
});

test('a single message is shown to members only', async ({ db }) => {
  await tell(db);
  const { messageId } = sentText(hanoi, 3).data;

  expect(await getMessage(db, { userId: an, messageId })).toMatchObject({ messageId, seq: 3, senderId: an });
  expect(await getMessage(db, { userId: binh, messageId })).toBeUndefined();
  expect(await getMessage(db, { userId: chi, messageId })).toBeUndefined();
});

test('a sender’s own earlier send is found by the client’s id, and by nobody else', async ({ db }) => {
  await tell(db);
  const { clientMessageId, messageId, content } = sentText(hanoi, 3).data;
  const send = { conversationId: hanoi, senderId: an, clientMessageId };

  expect(await findSentMessage(db, send)).toMatchObject({
    view: { messageId, seq: 3, content, clientMessageId },
    firstContent: content,
  });
  expect(await findSentMessage(db, { ...send, senderId: binh })).toBeUndefined();
  expect(await findSentMessage(db, { ...send, conversationId: hue })).toBeUndefined();
});

test('long texts make a page shorter, and nothing is left out between two pages', async ({ db }) => {
  const story = chronicle<ConversationEvent | MessageEvent>().record(hanoi, an, started(hanoi));
  const numbers = Array.from({ length: 60 }, (_, index) => index + 2);
  for (const number of numbers) story.record(hanoi, an, sentText(hanoi, number, 'ở'.repeat(10_000)));
  await runProjection(db, timeline, story.events);
  const seen: number[] = [];
  for (let bound: HistoryBound | undefined = { from: 'after', seq: 0 }; bound;) {
    const { seqs, nextCursor, hasMore } = await page(db, bound, 100);
    expect(seqs.length).toBeLessThan(30);
    expect(hasMore).toBe(nextCursor !== undefined);
    seen.push(...seqs);
    bound = nextCursor === undefined ? undefined : parseHistoryCursor(nextCursor);
  }
  expect(seen).toEqual([1, ...numbers]);
  const latest = await page(db, { from: 'latest' }, 100);
  expect(latest.seqs.at(-1)).toBe(61);
});
