import type {
  ConversationEvent,
  ConversationId,
  ConversationView,
  MessageEvent,
  MessageSent,
  OwnViewEvent,
  RecordedEvent,
} from '@parley/contracts';
import { an, binh, chronicle, databaseTest, runProjection, sentText, timeOf } from '@parley/testing';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { conversationList } from '../projections/conversation-list.projection.ts';
import { memberList } from '../projections/member-list.projection.ts';
import { ownView } from '../projections/own-view.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { listConversations, parseConversationCursor } from './list-conversations.query.ts';

const test = databaseTest<ConversationDb>(migrations);

const started = (conversationId: ConversationId): ConversationEvent => ({
  type: 'conversation.started',
  data: {
    conversationId,
    kind: 'group',
    members: [an, binh].map((userId) => ({ userId, role: 'member' })),
  },
});

test('pages are in the one order, over minutes in which much and in which little happened', async ({
  db,
}) => {
  const places = Array.from(
    { length: 30 },
    (_, index) => `cnv_${String(index).padStart(26, '0')}` as ConversationId,
  );
  const story = chronicle<ConversationEvent | MessageEvent>();
  for (const place of places) story.record(place, an, started(place));
  for (let said = 0; said < 45; said += 1) {
    const place = places[(said * 7) % places.length];
    if (place !== undefined) story.record(place, said % 3 === 0 ? an : binh, sentText(place, said));
  }
  // At first something every second, then every 40; the last three at the same time.
  const events = story.events.map((event, index, { length }) => ({
    ...event,
    at: timeOf(index < 40 ? index : 40 * Math.min(index, length - 3)),
  }));
  await runProjection(db, memberList, events as readonly RecordedEvent<ConversationEvent | MessageSent>[]);
  await runProjection(db, conversationList, events);
  const own = chronicle<OwnViewEvent>();
  for (const [index, conversationId] of places.entries()) {
    const changes = {
      ...(index % 9 === 4 && { pinnedAt: timeOf(1) }),
      ...(index % 8 === 5 && { archived: true }),
    };
    own.record(an, an, { type: 'conversation.preferences-changed', data: { conversationId, ...changes } });
  }
  await runProjection(db, ownView, own.events);
  const lastAt = new Map(events.map(({ data, at }) => [data.conversationId, at]));
  const expected = places
    .filter((_, index) => index % 8 !== 5)
    .map((id) => `${places.indexOf(id) % 9 === 4 ? 1 : 0} ${lastAt.get(id)} ${id}`)
    .toSorted()
    .toReversed();

  const { data: all } = await listConversations(db, { userId: an, limit: 50 });
  expect(all.map(placeOf)).toEqual(expected);
  const ofState = (isUnread: boolean) => all.filter(({ unreadCount }) => unreadCount > 0 === isUnread);
  expect([ofState(true).length, ofState(false).length].every((count) => count > 7)).toBe(true);
  for (const limit of [1, 2, 7, 50]) {
    expect(await pagesOf(db, { limit })).toEqual(expected.map((place) => `${place} of ${expected.length}`));
    for (const unread of [true, false]) {
      const wanted = ofState(unread).map((view) => `${placeOf(view)} of null`);
      expect(await pagesOf(db, { limit, unread })).toEqual(wanted);
    }
  }
});

const placeOf = ({ isPinned, lastActivityAt, conversationId }: ConversationView) =>
  `${isPinned ? 1 : 0} ${lastActivityAt} ${conversationId}`;

/** All pages of An's list, each conversation with how many its page says there are. */
async function pagesOf(
  db: Kysely<ConversationDb>,
  asked: { readonly limit: number; readonly unread?: boolean },
): Promise<string[]> {
  const seen: string[] = [];
  let after: ReturnType<typeof parseConversationCursor>;
  do {
    const { data, nextCursor, total } = await listConversations(db, { userId: an, ...asked, after });
    seen.push(...data.map((view) => `${placeOf(view)} of ${total}`));
    after = nextCursor === undefined ? undefined : parseConversationCursor(nextCursor);
  } while (after !== undefined);
  return seen;
}
