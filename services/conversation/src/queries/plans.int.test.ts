import type { ConversationId, UserId } from '@parley/contracts';
import { databaseTest, tablesReadWhole } from '@parley/testing';
import { type Kysely, sql } from 'kysely';
import { expect } from 'vitest';

import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { findAcquaintances } from './find-acquaintances.query.ts';
import { findHiddenLast } from './find-hidden-last.query.ts';
import { findRefusingPeople } from './find-refusing-people.query.ts';
import { findUnknownPeople } from './find-unknown-people.query.ts';
import { getConversationStats } from './get-conversation-stats.query.ts';
import { getConversation } from './get-conversation.query.ts';
import { listBlocks } from './list-blocks.query.ts';
import { listConversations } from './list-conversations.query.ts';
import { getConversations } from './get-conversations.query.ts';
import { listMissedHeads } from './list-missed-heads.query.ts';
import { listTouchedConversations } from './list-touched-conversations.query.ts';
import { listMembers } from './list-members.query.ts';
import { listMemberships, listMembershipsOf } from './list-memberships.query.ts';
import { latestOwn } from './matching-conversations.ts';
import { isArchived } from './own-conversations.ts';
import { selectConversationViews } from './select-conversation-views.ts';

const test = databaseTest<ConversationDb>(migrations);

const CONVERSATION_COUNT = 10_000;
const an = `usr_${'0'.repeat(25)}1` as UserId;
/** Is in very many. */
const binh = `usr_${'0'.repeat(24)}9z` as UserId;
const hanoi = `cnv_${'0'.repeat(25)}1` as ConversationId;

function id(prefix: string, number: string) {
  return sql.raw(`'${prefix}_' || lpad((${number})::text, 26, '0')`);
}

/** A town of 2,000 people in 10,000 conversations of five, with ten messages each; An is in 25 of them, Bình in 2,500. */
async function fill(db: Kysely<ConversationDb>): Promise<void> {
  const conversations = sql`generate_series(1, ${sql.lit(CONVERSATION_COUNT)}) as place`;
  const someone = id('usr', '(place * 5 + seat) % 2000 + 1');
  const nameOf = sql.raw(`'Phố ' || place`);
  const statements = [
    sql`insert into person select ${id('usr', 'one')}, 'user' || one, 'Người ' || one, 'nguoi ' || one
      from generate_series(1, 2000) as one`,
    sql`insert into conversation (conversation_id, kind, name, name_folded, created_at, created_by, last_seq,
        last_position, last_activity_at, last_message)
      select ${id('cnv', 'place')}, case when place % 4 = 0 then 'direct' else 'group' end, ${nameOf},
        'pho ' || place, now(), ${sql.val(an)}, 11, place, now() - place * interval '1 minute',
        jsonb_build_object('content', repeat(md5(place::text), 12)) from ${conversations}`,
    sql`insert into member (conversation_id, user_id, role, joined_at, joined_seq, active_minute)
      select ${id('cnv', 'place')}, ${someone}, 'member', now(), 1, extract(epoch from now()) / 60 - place
      from ${conversations}, generate_series(0, 4) as seat`,
    sql`insert into member (conversation_id, user_id, role, joined_at, joined_seq, active_minute)
      select conversation_id, ${sql.val(binh)}, 'member', joined_at, 2, active_minute from member
      group by conversation_id, joined_at, active_minute having hashtext(conversation_id) % 4 = 0`,
    sql`insert into conversation_message (conversation_id, seq, sender_id)
      select ${id('cnv', 'place')}, seat + 2, ${someone} from ${conversations}, generate_series(0, 9) as seat`,
    sql`insert into conversation_stretch
      select conversation_id, seq / 256, count(*) from conversation_message group by 1, 2`,
    sql`insert into conversation_mention (conversation_id, mentioned, seq, sender_id)
      select ${id('cnv', 'place')}, ${someone}, 11, ${sql.val(an)}
      from ${conversations}, generate_series(0, 4) as seat`,
    sql`insert into hidden_message (user_id, conversation_id, seq)
      select sender_id, conversation_id, seq from conversation_message where seq % 5 = 0`,
    sql`insert into block
      select ${id('cnv', 'place')}, ${id('usr', 'place % 2000 + 1')}, ${id('usr', 'place * 7 % 1999 + 1')}, now()
      from ${conversations} on conflict do nothing`,
    sql`insert into own_view (user_id, conversation_id, version)
      select user_id, conversation_id, 1 from member`,
  ];
  await db.transaction().execute(async (tx) => {
    // Filling is no question: it takes as long as the machine takes.
    await sql`set local statement_timeout = 0`.execute(tx);
    for (const statement of statements) await statement.execute(tx);
    await sql`analyze`.execute(tx);
  });
}

test('nothing that a person asks for reads a table from end to end', { timeout: 60_000 }, async ({ db }) => {
  await fill(db);
  const own = { userId: an };
  const place = { isPinned: false, lastActivityAtMs: Date.now(), conversationId: hanoi };
  const asked: Readonly<Record<string, (planned: Kysely<ConversationDb>) => Promise<unknown>>> = {
    list: (planned) => listConversations(planned, { ...own, limit: 50 }),
    'a later page': (planned) => listConversations(planned, { ...own, limit: 50, after: place }),
    unread: (planned) => listConversations(planned, { ...own, limit: 50, unread: true }),
    archived: (planned) => listConversations(planned, { ...own, limit: 50, archived: true }),
    muted: (planned) => listConversations(planned, { ...own, limit: 50, muted: true }),
    'of a kind': (planned) => listConversations(planned, { ...own, limit: 50, kind: 'direct' }),
    'by name': (planned) => listConversations(planned, { ...own, limit: 50, q: 'nguoi 7' }),
    'hidden last': (planned) => findHiddenLast(planned, { ...own, conversationIds: [hanoi] }),
    one: (planned) => getConversation(planned, { ...own, conversationId: hanoi }),
    counts: (planned) => getConversationStats(planned, own),
    members: (planned) => listMembers(planned, { ...own, conversationId: hanoi, limit: 50 }),
    memberships: (planned) => listMemberships(planned, own),
    'memberships of many': (planned) => listMembershipsOf(planned, [an, binh]),
    some: (planned) => getConversations(planned, { ...own, conversationIds: [hanoi] }),
    touched: (planned) =>
      listTouchedConversations(planned, { ...own, since: { conv: 5_000, user: 0 }, limit: 50 }),
    heads: (planned) => listMissedHeads(planned, { ...own, since: 5_000, limit: 50 }),
    blocks: (planned) => listBlocks(planned, { ...own, limit: 50 }),
    acquaintances: (planned) => findAcquaintances(planned, { ...own, userIds: [binh] }),
    refusing: (planned) => findRefusingPeople(planned, [an], an),
    unknown: (planned) => findUnknownPeople(planned, { tail: async () => ({ position: 1, seq: 1 }) }, [an]),
  };
  const found: Record<string, readonly string[]> = {};
  for (const [name, ask] of Object.entries(asked)) found[name] = await tablesReadWhole(db, ask);

  expect(found).toEqual(Object.fromEntries(Object.keys(asked).map((name) => [name, []])));
});

test(
  'a page of a long list reads what it shows, and the first conversations after it',
  { timeout: 60_000 },
  async ({ db }) => {
    await fill(db);
    const place = { isPinned: false, lastActivityAtMs: Date.now() - 3_600_000, conversationId: hanoi };
    for (const after of [undefined, place]) {
      const { views } = await selectConversationViews(db, {
        userId: binh,
        matching: sql`select * from (${latestOwn(binh, { isSetAside: isArchived, after, limit: 51 })}) as latest`,
        limit: 1_000,
      });
      expect(views.length).toBeGreaterThan(0);
      expect(views.length).toBeLessThan(60);
      const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain ${latestOwn(binh, { isSetAside: isArchived, after, limit: 51 })}`.execute(db);
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain(
        'Index Scan using member_by_activity',
      );
    }
  },
);

test('a query that does read one from end to end is caught', async ({ db }) => {
  const found = await tablesReadWhole(db, (planned) => planned.selectFrom('member').selectAll().execute());
  expect(found).toEqual(['member']);
});
