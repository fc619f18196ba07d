import {
  type ConversationEvent,
  type HiddenEvent,
  type MessageEvent,
  SNAPSHOT_MESSAGE_COUNT,
  SNAPSHOT_OVER_COUNT,
} from '@parley/contracts';
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
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { hiddenMessages } from '../projections/hidden-messages.projection.ts';
import { timeline } from '../projections/timeline.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { type AskedMissed, listMissedMessages } from './list-missed-messages.query.ts';

const test = databaseTest<MessageDb>(migrations);

type Fact = ConversationEvent | MessageEvent;

const started = (conversationId: typeof hanoi): Fact => ({
  type: 'conversation.started',
  data: {
    conversationId,
    kind: 'group',
    members: [
      { userId: an, role: 'owner' },
      { userId: binh, role: 'member' },
    ],
  },
});

const edited = (number: number): Fact => ({
  type: 'message.edited',
  data: { ...placeOfText(hanoi, number, number), content: { type: 'text', text: 'sửa' } },
});

/**
 * Hanoi is 1, 3, 4, 6 and 7 of the log, Hue 2, 5 and 8: its numbers 2 and 3 of Hanoi are messages, 4 edits 2 and 5 is
 * a message; 2 and 3 of Hue are messages.
 */
function tell() {
  return chronicle<Fact>()
    .record(hanoi, an, started(hanoi))
    .record(hue, an, started(hue))
    .record(hanoi, an, sentText(hanoi, 2))
    .record(hanoi, binh, sentText(hanoi, 3))
    .record(hue, an, sentText(hue, 12))
    .record(hanoi, an, edited(2))
    .record(hanoi, an, sentText(hanoi, 5))
    .record(hue, an, sentText(hue, 13));
}

async function missed(
  db: Kysely<MessageDb>,
  asked: Partial<AskedMissed> & Pick<AskedMissed, 'conversations'>,
) {
  const { conversations, next } = await listMissedMessages(db, {
    userId: binh,
    since: 0,
    limit: 100,
    ...asked,
  });
  const seen = conversations.map(({ messages, changed, ...rest }) => ({
    ...rest,
    messages: messages.map(({ seq }) => seq),
    changed: changed.map(({ seq }) => seq),
  }));
  return { seen, next };
}

const both = [
  { conversationId: hanoi, headSeq: 5, headPosition: 7 },
  { conversationId: hue, headSeq: 3, headPosition: 8 },
];
const delta = { isSnapshot: false, hasMore: false };

test('from a position on, each conversation says what came and what was changed since', async ({ db }) => {
  await runProjection(db, timeline, tell().events);
  expect(await missed(db, { since: 4, conversations: both })).toEqual({
    seen: [
      { conversationId: hanoi, afterSeq: 3, messages: [5], changed: [2], upToSeq: 5, ...delta },
      { conversationId: hue, afterSeq: 1, messages: [2, 3], changed: [], upToSeq: 3, ...delta },
    ],
    next: null,
  });
  // What was changed before the position is not told again.
  expect((await missed(db, { since: 6, conversations: both.slice(0, 1) })).seen).toMatchObject([
    { messages: [5], changed: [] },
  ]);
  expect((await missed(db, { since: 8, conversations: both.slice(0, 1) })).seen).toMatchObject([
    { messages: [], changed: [], upToSeq: 5 },
  ]);
});

test('a page takes whole conversations, and says where the next one goes on', async ({ db }) => {
  await runProjection(db, timeline, tell().events);
  const first = await missed(db, { since: 4, conversations: both, limit: 3 });
  expect(first.seen.map(({ conversationId }) => conversationId)).toEqual([hanoi]);
  expect(first.next).toEqual({ conversationId: hue });

  const part = await missed(db, { since: 2, conversations: both, limit: 1 });
  expect(part.seen).toEqual([
    {
      conversationId: hanoi,
      afterSeq: 1,
      messages: [2],
      changed: [],
      upToSeq: 2,
      isSnapshot: false,
      hasMore: true,
    },
  ]);
  expect(part.next).toEqual({ conversationId: hanoi, afterSeq: 2 });

  const rest: number[] = [];
  let from: number | undefined = 2;
  while (from !== undefined) {
    const conversations = [{ conversationId: hanoi, headSeq: 5, headPosition: 7, afterSeq: from }];
    const { seen, next } = await missed(db, { since: 2, conversations, limit: 1 });
    rest.push(...seen.flatMap(({ messages }) => messages));
    from = next?.afterSeq;
  }
  expect(rest).toEqual([3, 5]);
});

test('who came in since is given the newest, and a stranger or who has gone nothing', async ({ db }) => {
  const story = tell()
    .record(hanoi, an, {
      type: 'conversation.members-added',
      data: { conversationId: hanoi, members: [{ userId: chi, role: 'member' }], addedBy: an },
    })
    .record(hanoi, an, sentText(hanoi, 7))
    .record(hue, an, {
      type: 'conversation.member-removed',
      data: { conversationId: hue, userId: binh, removedBy: an },
    })
    .record(hue, an, sentText(hue, 15));
  await runProjection(db, timeline, story.events);
  const conversations = [
    { conversationId: hanoi, headSeq: 7, headPosition: 10 },
    { conversationId: hue, headSeq: 5, headPosition: 12 },
  ];
  expect(await missed(db, { userId: chi, since: 8, conversations })).toEqual({
    seen: [
      {
        conversationId: hanoi,
        afterSeq: 5,
        messages: [1, 2, 3, 5, 6, 7],
        changed: [],
        upToSeq: 7,
        isSnapshot: true,
        hasMore: false,
      },
    ],
    next: null,
  });
  const { seen } = await missed(db, { userId: binh, since: 8, conversations });
  expect(seen.map(({ conversationId }) => conversationId)).toEqual([hanoi]);
});

test('whoever missed very much is given the newest instead', async ({ db }) => {
  const story = chronicle<Fact>().record(hanoi, an, started(hanoi));
  for (let seq = 2; seq <= SNAPSHOT_OVER_COUNT + 10; seq += 1) story.record(hanoi, an, sentText(hanoi, seq));
  await runProjection(db, timeline, story.events);
  const headSeq = SNAPSHOT_OVER_COUNT + 10;
  const conversations = [{ conversationId: hanoi, headSeq, headPosition: headSeq }];

  const [much] = (await listMissedMessages(db, { userId: binh, since: 5, conversations, limit: 1_000 }))
    .conversations;
  expect(much).toMatchObject({ isSnapshot: true, upToSeq: headSeq, hasMore: false });
  expect(much?.messages).toHaveLength(SNAPSHOT_MESSAGE_COUNT);
  expect(much?.messages.at(-1)?.seq).toBe(headSeq);

  const first = await listMissedMessages(db, { userId: binh, since: 10, conversations, limit: 1_000 });
  expect(first.conversations).toMatchObject([{ isSnapshot: false, afterSeq: 10, hasMore: true }]);
  expect(first.next).toEqual({ conversationId: hanoi, afterSeq: first.conversations[0]?.upToSeq });
});

test('long texts make a page shorter, and nothing falls out between two', async ({ db }) => {
  const story = chronicle<Fact>().record(hanoi, an, started(hanoi)).record(hue, an, started(hue));
  for (let number = 2; number <= 80; number += 1) {
    const place = number % 2 === 0 ? hanoi : hue;
    story.record(place, an, sentText(place, number, 'ơ'.repeat(10_000)));
  }
  await runProjection(db, timeline, story.events);
  const heads = [
    { conversationId: hanoi, headSeq: 41, headPosition: 81 },
    { conversationId: hue, headSeq: 40, headPosition: 81 },
  ];
  const texts: string[] = [];
  let asked: AskedMissed['conversations'] = heads;
  for (let pages = 0; asked.length > 0; pages += 1) {
    const { conversations, next } = await listMissedMessages(db, {
      userId: binh,
      since: 2,
      conversations: asked,
      limit: 1_000,
    });
    texts.push(...conversations.flatMap(({ messages }) => messages.map(({ messageId }) => messageId)));
    expect(JSON.stringify(conversations).length).toBeLessThan(1024 * 1024);
    expect(pages).toBeLessThan(20);
    const at = heads.findIndex(({ conversationId }) => conversationId === next?.conversationId);
    asked =
      next === null ? [] : heads.slice(at).map((head, index) => (index === 0 ? { ...head, ...next } : head));
  }
  expect(texts).toHaveLength(79);
  expect(new Set(texts).size).toBe(79);
});

test('what the person has deleted for themselves does not come back', async ({ db }) => {
  await runProjection(db, timeline, tell().events);
  const { events } = chronicle<HiddenEvent>().record(binh, binh, {
    type: 'message.hidden',
    data: placeOfText(hanoi, 5, 5),
  });
  await runProjection(db, hiddenMessages, events);
  expect((await missed(db, { since: 4, conversations: both })).seen[0]).toMatchObject({
    messages: [],
    changed: [2],
  });
});

test('what came after a head is not told, but for what a change has made of what came before', async ({
  db,
}) => {
  await runProjection(
    db,
    timeline,
    tell().record(hanoi, an, edited(3)).record(hanoi, an, sentText(hanoi, 7)).events,
  );
  expect((await missed(db, { since: 4, conversations: both.slice(0, 1) })).seen).toMatchObject([
    { messages: [5], changed: [2, 3], upToSeq: 5, hasMore: false },
  ]);
  const [whole] = (await missed(db, { since: 0, conversations: both.slice(0, 1) })).seen;
  expect(whole).toMatchObject({ isSnapshot: true, messages: [1, 2, 3, 5], upToSeq: 5 });
});
