import type {
  ConversationEvent,
  ConversationId,
  IdentityEvent,
  MessageEvent,
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
  placeOfText,
  runProjection,
  sentText,
  timeOf,
} from '@parley/testing';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { conversationList } from '../projections/conversation-list.projection.ts';
import { memberList } from '../projections/member-list.projection.ts';
import { people } from '../projections/people.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { getConversationStats } from './get-conversation-stats.query.ts';
import { getConversation } from './get-conversation.query.ts';
import { listConversations, parseConversationCursor } from './list-conversations.query.ts';

type Happening = ConversationEvent | MessageEvent | PositionEvent;

const saigon = 'cnv_00000000000000000000000003' as ConversationId;
const test = databaseTest<ConversationDb>(migrations);

const started = (conversationId: ConversationId, others: readonly UserId[]): ConversationEvent => ({
  type: 'conversation.started',
  data: {
    conversationId,
    kind: others.length === 1 ? 'direct' : 'group',
    members: [an, ...others].map((userId) => ({ userId, role: 'member' })),
  },
});
const added = (conversationId: ConversationId, userId: UserId): ConversationEvent => ({
  type: 'conversation.members-added',
  data: { conversationId, members: [{ userId, role: 'member' }], addedBy: an },
});
const left = (conversationId: ConversationId, userId: UserId): ConversationEvent => ({
  type: 'conversation.member-left',
  data: { conversationId, userId },
});
const read = (conversationId: ConversationId, userId: UserId, upToSeq: number): PositionEvent => ({
  type: 'message.positions-advanced',
  data: { conversationId, positions: [{ userId, upToSeq, readAt: timeOf(0) }] },
});

function happened(): ReturnType<typeof chronicle<Happening>> {
  return chronicle<Happening>();
}

/** Three conversations of An's: a group in Hà Nội, a direct chat with Bình, an empty group in Sài Gòn. */
function ordinaryDay() {
  return happened()
    .record(hanoi, an, started(hanoi, [binh, chi]))
    .record(hue, an, started(hue, [binh]))
    .record(saigon, an, started(saigon, [chi, dung]))
    .record(hanoi, binh, sentText(hanoi, 1))
    .record(hanoi, an, sentText(hanoi, 2))
    .record(hanoi, chi, sentText(hanoi, 3))
    .record(hue, binh, sentText(hue, 4));
}

async function project(db: Kysely<ConversationDb>, story: ReturnType<typeof happened>): Promise<void> {
  // Each takes its own part of the story, as its runner does.
  type OfMembers = RecordedEvent<ConversationEvent | PositionEvent>;
  type OfList = RecordedEvent<ConversationEvent | MessageEvent>;
  await runProjection(db, memberList, story.events as readonly OfMembers[]);
  await runProjection(db, conversationList, story.events as readonly OfList[]);
}

async function unreadOf(db: Kysely<ConversationDb>, userId: UserId, conversationId = hanoi) {
  const view = await getConversation(db, { userId, conversationId });
  return view?.unreadCount;
}

test('the latest activity comes first', async ({ db }) => {
  await project(db, ordinaryDay());

  const { data } = await listConversations(db, { userId: an, limit: 10 });

  expect(data.map(({ conversationId }) => conversationId)).toEqual([hue, hanoi, saigon]);
  expect(data.map(({ lastMessage }) => lastMessage?.seq)).toEqual([2, 4, undefined]);
});

test('everybody sees their own conversations only', async ({ db }) => {
  await project(db, ordinaryDay());

  const { data } = await listConversations(db, { userId: dung, limit: 10 });

  expect(data.map(({ conversationId }) => conversationId)).toEqual([saigon]);
});

test('pages follow one another without a hole, also where two conversations moved at the same time', async ({
  db,
}) => {
  const story = ordinaryDay();
  const sameTime = story.events.map((event) => ({ ...event, at: timeOf(1) }));
  await project(db, { ...story, events: sameTime });

  const seen: ConversationId[] = [];
  let cursor: string | undefined;
  do {
    const after = cursor === undefined ? undefined : parseConversationCursor(cursor);
    const page = await listConversations(db, { userId: an, limit: 1, after });
    seen.push(...page.data.map(({ conversationId }) => conversationId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);

  expect(seen).toEqual([saigon, hue, hanoi]);
});

test('a cursor that was not given out is none', () => {
  const id = hanoi;
  for (const cursor of ['', 'x', '1.1.', '0.-1.cnv_0', `0.1.${an}`, `0.1e3.${id}`, `2.1.${id}`, `1.${id}`]) {
    expect(parseConversationCursor(cursor)).toBeUndefined();
  }
  expect(parseConversationCursor(`1.1732176000000.${hanoi}`)).toEqual({
    isPinned: true,
    lastActivityAtMs: 1_732_176_000_000,
    conversationId: hanoi,
  });
});

test('the list is narrowed to a kind, to what is unread, and to what is read', async ({ db }) => {
  await project(db, ordinaryDay().record(hue, an, read(hue, an, 2)));
  const idsOf = async (asked: { kind?: 'direct' | 'group'; unread?: boolean }) => {
    const { data } = await listConversations(db, { userId: an, limit: 10, ...asked });
    return data.map(({ conversationId }) => conversationId);
  };

  expect(await idsOf({ kind: 'direct' })).toEqual([hue]);
  expect(await idsOf({ kind: 'group' })).toEqual([hanoi, saigon]);
  expect(await idsOf({ unread: true })).toEqual([hanoi]);
  expect(await idsOf({ unread: false })).toEqual([hue, saigon]);
});

test('unread are the messages of others after one’s own last word; one’s own never count', async ({ db }) => {
  await project(db, ordinaryDay());

  expect(await unreadOf(db, an)).toBe(1);
  expect(await unreadOf(db, binh)).toBe(2);
  expect(await unreadOf(db, dung, saigon)).toBe(0);
});

test('reading up to a message leaves what came after it, and reading to the head leaves nothing', async ({
  db,
}) => {
  const story = ordinaryDay();
  await project(db, story.record(hanoi, binh, read(hanoi, binh, 3)));
  expect(await unreadOf(db, binh)).toBe(1);
  await project(db, story.record(hanoi, binh, read(hanoi, binh, 4)));
  expect(await unreadOf(db, binh)).toBe(0);
  await project(db, story.record(hanoi, binh, read(hanoi, binh, 3)));
  expect(await unreadOf(db, binh)).toBe(0);
  await project(db, story.record(hanoi, an, sentText(hanoi, 5)).record(hanoi, chi, sentText(hanoi, 6)));
  expect(await unreadOf(db, binh)).toBe(2);
});

/** Chi's message in Hà Nội says something else, and calls others. */
const edited = (...userIds: readonly (UserId | 'all')[]): MessageEvent => ({
  type: 'message.edited',
  data: {
    ...placeOfText(hanoi, 3, 4),
    content: {
      type: 'text',
      text: '@ơi',
      entities: userIds.map((called) => ({
        type: 'mention',
        offset: 0,
        length: 1,
        ...(called === 'all' ? { all: true as const } : { userId: called }),
      })),
    },
  },
});

test('an edit calls whom it names now, as long as they have not read it, and nobody else any more', async ({
  db,
}) => {
  const mentionsOf = async (userId: UserId) => {
    const view = await getConversation(db, { userId, conversationId: hanoi });
    const { mentions } = await getConversationStats(db, { userId });
    expect(mentions).toBe(view?.mentionCount);
    return [view?.mentionCount, view?.lastMessage?.mentions];
  };
  const story = ordinaryDay();
  await project(db, story.record(hanoi, chi, edited(an, binh)));
  expect(await mentionsOf(an)).toEqual([1, [an, binh]]);
  expect(await mentionsOf(binh)).toEqual([1, [an, binh]]);

  await project(db, story.record(hanoi, chi, edited()).record(hanoi, chi, edited(binh)));
  expect(await mentionsOf(an)).toEqual([0, [binh]]);
  expect(await mentionsOf(binh)).toEqual([1, [binh]]);

  await project(db, story.record(hanoi, binh, read(hanoi, binh, 4)).record(hanoi, chi, edited('all', an)));
  expect(await mentionsOf(an)).toEqual([1, ['all', an]]);
  expect(await mentionsOf(binh)).toEqual([0, ['all', an]]);
  expect(await mentionsOf(chi)).toEqual([0, ['all', an]]);
});

test('what was said before one joined is not unread', async ({ db }) => {
  const story = ordinaryDay().record(hanoi, an, added(hanoi, dung));
  await project(db, story);
  expect(await unreadOf(db, dung)).toBe(0);

  await project(db, story.record(hanoi, an, sentText(hanoi, 5)));
  expect(await unreadOf(db, dung)).toBe(1);
});

test('who left does not see the conversation, nor does somebody who was never in it', async ({ db }) => {
  await project(db, ordinaryDay().record(hanoi, binh, left(hanoi, binh)));

  expect(await getConversation(db, { userId: binh, conversationId: hanoi })).toBeUndefined();
  expect(await getConversation(db, { userId: dung, conversationId: hanoi })).toBeUndefined();
  expect(await getConversation(db, { userId: an, conversationId: hanoi })).toMatchObject({ memberCount: 2 });
});

test('the others are shown by name, oneself last', async ({ db }) => {
  const names = chronicle<IdentityEvent>();
  for (const [userId, displayName] of [
    [an, 'An'],
    [binh, 'Bình'],
  ] as const) {
    const username = displayName.toLowerCase();
    names.record(userId, userId, {
      type: 'identity.account-registered',
      data: { userId, username, displayName },
    });
  }
  await runProjection(db, people, names.events);
  await project(db, ordinaryDay());

  const view = await getConversation(db, { userId: an, conversationId: hanoi });

  expect(view?.members.map(({ displayName }) => displayName)).toEqual(['Bình', chi, 'An']);
  expect(view?.members[0]).toEqual({
    userId: binh,
    username: 'bình',
    displayName: 'Bình',
    role: 'member',
    joinedAt: timeOf(1),
    joinedSeq: 1,
  });
});

test('of a large group the first few are shown, and all are counted', async ({ db }) => {
  const crowd = Array.from(
    { length: 300 },
    (_, index) => `usr_1${String(index).padStart(25, '0')}` as UserId,
  );
  await project(db, happened().record(hanoi, an, started(hanoi, crowd)));

  const view = await getConversation(db, { userId: an, conversationId: hanoi });

  expect(view?.memberCount).toBe(301);
  expect(view?.members.map(({ userId }) => userId)).toEqual([...crowd.slice(0, 5), an]);
});
