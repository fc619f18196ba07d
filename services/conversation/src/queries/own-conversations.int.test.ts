import type {
  ConversationEvent,
  ConversationId,
  IdentityEvent,
  MessageEvent,
  OwnViewEvent,
  PositionEvent,
  RecordedEvent,
  UserId,
} from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  dung,
  hanoi,
  hue,
  runProjection,
  sentText,
  timeOf,
} from '@parley/testing';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { conversationList } from '../projections/conversation-list.projection.ts';
import { memberList } from '../projections/member-list.projection.ts';
import { ownView } from '../projections/own-view.projection.ts';
import { people } from '../projections/people.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { getConversationStats } from './get-conversation-stats.query.ts';
import { getConversation } from './get-conversation.query.ts';
import {
  type ConversationFilters,
  listConversations,
  parseConversationCursor,
} from './list-conversations.query.ts';

type Happening = ConversationEvent | MessageEvent | PositionEvent;
type PreferencesChanged = Extract<OwnViewEvent, { readonly type: 'conversation.preferences-changed' }>;

const saigon = 'cnv_00000000000000000000000003' as ConversationId;
const dalat = 'cnv_00000000000000000000000004' as ConversationId;
const test = databaseTest<ConversationDb>(migrations);

const started = (conversationId: ConversationId, name: string, others: UserId[]): ConversationEvent => ({
  type: 'conversation.started',
  data: {
    conversationId,
    kind: others.length === 1 ? 'direct' : 'group',
    ...(others.length === 1 ? {} : { name }),
    members: [an, ...others].map((userId) => ({ userId, role: 'member' })),
  },
});
const named = (conversationId: ConversationId, number: number, userId: UserId): MessageEvent => {
  const said = sentText(conversationId, number, '@họ');
  const content = {
    ...said.data.content,
    entities: [{ type: 'mention' as const, offset: 0, length: 3, userId }],
  };
  return { ...said, data: { ...said.data, content } };
};
const read = (conversationId: ConversationId, userId: UserId, upToSeq: number): PositionEvent => ({
  type: 'message.positions-advanced',
  data: { conversationId, positions: [{ userId, upToSeq, readAt: timeOf(0) }] },
});
const kept = (
  conversationId: ConversationId,
  changes: Omit<PreferencesChanged['data'], 'conversationId'>,
): OwnViewEvent => ({ type: 'conversation.preferences-changed', data: { conversationId, ...changes } });

/** Four conversations of An's, in the order of their last activity: Đà Lạt, Sài Gòn, a chat with Bình, Hà Nội. */
function ordinaryDay() {
  return chronicle<Happening>()
    .record(hanoi, an, started(hanoi, 'Hà Nội', [binh, chi]))
    .record(hue, an, started(hue, '', [binh]))
    .record(saigon, an, started(saigon, 'Sài Gòn', [chi, dung]))
    .record(dalat, an, started(dalat, 'Đà Lạt 100%', [chi, dung]))
    .record(hanoi, binh, named(hanoi, 1, an))
    .record(hue, binh, sentText(hue, 2))
    .record(saigon, an, named(saigon, 3, an))
    .record(dalat, chi, named(dalat, 4, dung));
}

async function project(
  db: Kysely<ConversationDb>,
  story: ReturnType<typeof ordinaryDay>,
  keeping: readonly OwnViewEvent[] = [],
): Promise<void> {
  type OfMembers = RecordedEvent<ConversationEvent | PositionEvent>;
  type OfList = RecordedEvent<ConversationEvent | MessageEvent>;
  await runProjection(db, memberList, story.events as readonly OfMembers[]);
  await runProjection(db, conversationList, story.events as readonly OfList[]);
  const own = chronicle<OwnViewEvent>();
  for (const event of keeping) own.record(an, an, event);
  await runProjection(db, ownView, own.events);
}

async function ids(db: Kysely<ConversationDb>, filters: ConversationFilters = {}) {
  const { data, total } = await listConversations(db, { userId: an, limit: 10, ...filters });
  expect(total).toBe(filters.unread === undefined ? data.length : null);
  return data.map(({ conversationId }) => conversationId);
}

test('pinned ones come first, and within both parts the latest activity', async ({ db }) => {
  await project(db, ordinaryDay(), [
    kept(hanoi, { pinnedAt: timeOf(1) }),
    kept(saigon, { pinnedAt: timeOf(9) }),
    kept(hue, { pinnedAt: timeOf(2) }),
    kept(hue, { pinnedAt: null }),
  ]);

  expect(await ids(db)).toEqual([saigon, hanoi, dalat, hue]);
});

test('pages go from the pinned ones to the others without a hole, and each says how many there are', async ({
  db,
}) => {
  await project(db, ordinaryDay(), [kept(hanoi, { pinnedAt: timeOf(1) })]);

  const seen: ConversationId[] = [];
  let cursor: string | undefined;
  do {
    const after = cursor === undefined ? undefined : parseConversationCursor(cursor);
    const page = await listConversations(db, { userId: an, limit: 1, after });
    expect(page.total).toBe(4);
    seen.push(...page.data.map(({ conversationId }) => conversationId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);

  expect(seen).toEqual([hanoi, dalat, saigon, hue]);
  const after = { isPinned: false, lastActivityAtMs: 0, conversationId: hanoi };
  expect(await listConversations(db, { userId: an, limit: 1, after })).toMatchObject({ data: [], total: 4 });
});

test('archived ones are left out unless they are asked for, whatever is said in them', async ({ db }) => {
  await project(db, ordinaryDay(), [
    kept(dalat, { archived: true }),
    kept(hue, { archived: true }),
    kept(hue, { archived: false }),
  ]);

  expect(await ids(db)).toEqual([saigon, hue, hanoi]);
  expect(await ids(db, { archived: true })).toEqual([dalat]);
});

test('muted is muted until its time has passed', async ({ db }) => {
  const past = timeOf(0);
  const future = '2999-01-01T00:00:00.000Z' as typeof past;
  await project(db, ordinaryDay(), [
    kept(hanoi, { mutedUntil: 'forever' }),
    kept(hue, { mutedUntil: '2000-01-01T00:00:00.000Z' as typeof past }),
    kept(saigon, { mutedUntil: future }),
    kept(dalat, { mutedUntil: 'forever' }),
    kept(dalat, { mutedUntil: null }),
  ]);

  expect(await ids(db, { muted: true })).toEqual([saigon, hanoi]);
  expect(await ids(db, { muted: false })).toEqual([dalat, hue]);
  const untils = await Promise.all(
    [hanoi, hue, saigon, dalat].map(
      async (conversationId) => (await getConversation(db, { userId: an, conversationId }))?.mutedUntil,
    ),
  );
  expect(untils).toEqual(['forever', null, future, null]);
});

test('a mark as unread stands until a later read, and is not taken away by an earlier one', async ({
  db,
}) => {
  const story = ordinaryDay().record(hue, an, read(hue, an, 2));
  const readAt = story.events.at(-1)?.position ?? 0;
  await project(db, story, [
    kept(hue, { markedUnread: true, readsStoodAt: readAt }),
    kept(saigon, { markedUnread: true, readsStoodAt: readAt }),
  ]);
  expect(await ids(db, { unread: true })).toEqual([dalat, saigon, hue, hanoi]);

  await project(db, story.record(hue, an, read(hue, an, 2)).record(saigon, chi, read(saigon, chi, 2)));
  expect(await ids(db, { unread: true })).toEqual([dalat, saigon, hanoi]);
  const view = await getConversation(db, { userId: an, conversationId: saigon });
  expect(view).toMatchObject({ isMarkedUnread: true, unreadCount: 0 });

  // Who answers has read.
  await project(db, story.record(saigon, an, sentText(saigon, 31)));
  expect(await ids(db, { unread: true })).toEqual([dalat, hanoi]);
});

test('a draft is gone once its writer has sent something there, and stays for what others say', async ({
  db,
}) => {
  const draft = { text: 'Chào' };
  const story = ordinaryDay();
  const own = chronicle<OwnViewEvent>()
    .record(an, an, {
      type: 'conversation.draft-saved',
      data: { conversationId: hanoi, draft, savedAtSeq: 2 },
    })
    .record(an, an, {
      type: 'conversation.draft-saved',
      data: { conversationId: hue, draft, savedAtSeq: 2 },
    });
  await project(db, story.record(hanoi, binh, sentText(hanoi, 11)).record(hue, an, sentText(hue, 12)));
  await runProjection(db, ownView, own.events);
  const draftIn = async (conversationId: ConversationId) =>
    (await getConversation(db, { userId: an, conversationId }))?.draft;

  expect(await draftIn(hanoi)).toEqual({ ...draft, savedAt: timeOf(1), savedAtSeq: 2 });
  expect(await draftIn(hue)).toBeNull();
});

test('a conversation is found by its name or by the other person’s, with or without accents', async ({
  db,
}) => {
  const names = chronicle<IdentityEvent>();
  for (const [userId, displayName] of [
    [an, 'Lê An'],
    [binh, 'Đặng Bình'],
  ] as const) {
    names.record(userId, userId, {
      type: 'identity.account-registered',
      data: { userId, username: `user.${userId.slice(-1)}`, displayName },
    });
  }
  await runProjection(db, people, names.events);
  await project(db, ordinaryDay());

  expect(await ids(db, { q: 'sai' })).toEqual([saigon]);
  expect(await ids(db, { q: 'Đà lạt' })).toEqual([dalat]);
  expect(await ids(db, { q: 'dang' })).toEqual([hue]);
  expect(await ids(db, { q: 'user.b' })).toEqual([hue]);
  expect(await ids(db, { q: '0%' })).toEqual([dalat]);
  expect(await ids(db, { q: '%' })).toEqual([dalat]);
  expect(await ids(db, { q: '_' })).toEqual([]);
  expect(await ids(db, { q: 'lê' })).toEqual([]);
  expect(await ids(db, { q: '  ' })).toHaveLength(4);
});

test('who is named is counted until it is read, but not by oneself', async ({ db }) => {
  const story = ordinaryDay();
  const mentionsIn = async (userId: UserId, conversationId: ConversationId) =>
    (await getConversation(db, { userId, conversationId }))?.mentionCount;
  await project(db, story);
  expect(await mentionsIn(an, hanoi)).toBe(1);
  expect(await mentionsIn(an, saigon)).toBe(0);
  expect(await mentionsIn(an, dalat)).toBe(0);
  expect(await mentionsIn(dung, dalat)).toBe(1);

  await project(db, story.record(hanoi, an, read(hanoi, an, 2)));
  expect(await mentionsIn(an, hanoi)).toBe(0);

  const toAll = sentText(hanoi, 21, '@all');
  const data = { ...toAll.data, mentions: ['all' as const, an] };
  await project(db, story.record(hanoi, binh, { ...toAll, data }));
  expect(await mentionsIn(an, hanoi)).toBe(1);
  expect(await mentionsIn(chi, hanoi)).toBe(1);
  expect(await mentionsIn(binh, hanoi)).toBe(0);
});

const one = (unread: number, mentions: number) => ({ conversations: 1, unread, mentions });

test('the counts are what the list shows, summed', async ({ db }) => {
  const story = ordinaryDay();
  await project(db, story, [
    kept(hanoi, { archived: true, pinnedAt: timeOf(1) }),
    kept(hue, { mutedUntil: 'forever' }),
    kept(saigon, { markedUnread: true, readsStoodAt: story.events.length }),
  ]);

  expect(await getConversationStats(db, { userId: an })).toEqual({
    conversations: 4,
    unread: 3,
    mentions: 1,
    byKind: { direct: one(1, 0), group: { conversations: 3, unread: 2, mentions: 1 } },
    byState: {
      unread: { conversations: 4, unread: 3, mentions: 1 },
      archived: one(1, 1),
      muted: one(1, 0),
      pinned: one(1, 1),
    },
  });
  const stranger = 'usr_0000000000000000000000000z' as UserId;
  expect(await getConversationStats(db, { userId: stranger })).toMatchObject({ conversations: 0, unread: 0 });
});
