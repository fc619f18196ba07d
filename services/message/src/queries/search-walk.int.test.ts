import {
  type ConversationEvent,
  type ConversationId,
  type MessageEvent,
  type RecordedEvent,
  type UserId,
  wordsOf,
} from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  createTestDatabase,
  runProjection,
  sentText,
  timeOf,
} from '@parley/testing';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { describe, expect, test as base } from 'vitest';

import { searchIndex } from '../projections/search-index.projection.ts';
import { timeline } from '../projections/timeline.projection.ts';
import { foldText, searchWords } from '../storage/folding.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import type { SearchLook } from './search-look.ts';
import { searchMessages } from './search-messages.query.ts';
import { parseSearchCursor } from './search-cursor.ts';
import { lookUpStatement, readStatement, scopeStatement, searchScope } from './search-walk.ts';

const MESSAGE_COUNT = 6_000;
/** Other lanes lie between the messages, so that these reach over many segments. */
const POSITION_STEP = 40;
/** More than are looked up together with the words. */
const CONVERSATION_COUNT = 80;
/** Bình is in every tenth. */
const BINH_STEP = 10;
/** Chi has left all of them when there were so many numbers in each. */
const LEFT_SEQ = 40;
const syllables = [
  'đường',
  'duong',
  'tiếng',
  'Việt',
  'việc',
  'nhà',
  'phở',
  'bún',
  'học',
  'an',
  'ngang',
  '上海',
  '東京',
];

/** What was said is a function of its number, so a test can say what is to be found. */
const textOf = (number: number) =>
  [7, 11, 13, 17]
    .map((step) => syllables[(number * step + Math.floor(number / step)) % syllables.length])
    .join(' ');

const conversations = Array.from(
  { length: CONVERSATION_COUNT },
  (_, index) => `cnv_${String(index).padStart(26, '0')}` as ConversationId,
);

function conversationOf(number: number): ConversationId {
  const [first] = conversations;
  if (first === undefined) throw new Error('there are conversations');
  return conversations[number % CONVERSATION_COUNT] ?? first;
}

const started = (conversationId: ConversationId, members: readonly UserId[]): ConversationEvent => ({
  type: 'conversation.started',
  data: { conversationId, kind: 'group', members: members.map((userId) => ({ userId, role: 'owner' })) },
});

/** One thing happens each second, and the talks were begun first. */
const timeOfNumber = (number: number) => timeOf(CONVERSATION_COUNT + 1 + number);

interface Told {
  readonly db: Kysely<MessageDb>;
  /** All of them, the newest first. */
  readonly texts: readonly string[];
}

/** Many talks: An hears them all, and Bình some. */
const test = base.extend<{ told: Told }>({
  told: [
    async ({}, use) => {
      const database = await createTestDatabase<MessageDb>(migrations);
      const { db } = database;
      const story = chronicle<ConversationEvent | MessageEvent>();
      for (const [index, where] of conversations.entries()) {
        story.record(where, an, started(where, index % BINH_STEP === 0 ? [an, binh] : [an]));
      }
      const numbers = Array.from({ length: MESSAGE_COUNT }, (_, number) => number);
      for (const number of numbers) {
        const where = conversationOf(number);
        story.record(where, an, sentText(where, number, textOf(number)));
      }
      const events = story.events.map((event) => ({ ...event, position: event.position * POSITION_STEP }));
      await runProjection(db, timeline, events);
      const isSaid = (event: (typeof events)[number]): event is RecordedEvent<MessageEvent> =>
        event.type.startsWith('message.');
      await runProjection(db, searchIndex, events.filter(isSaid));
      await sql`analyze`.execute(db);
      await use({ db, texts: numbers.map(textOf).toReversed() });
      await database.drop();
    },
    { scope: 'file' },
  ],
});

interface Time {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

async function walkAll(
  db: Kysely<MessageDb>,
  q: string,
  { userId = an, limit, ...time }: { readonly userId?: UserId; readonly limit: number } & Time,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let cursor: ReturnType<typeof parseSearchCursor>, isFirst = true; isFirst || cursor; isFirst = false) {
    const { data, page } = await searchMessages(db, { userId, q, limit, cursor, ...time });
    found.push(...data.map(({ message }) => wordsOf(message.content)));
    cursor = page.nextCursor === null ? undefined : parseSearchCursor(page.nextCursor);
  }
  return found;
}

describe('more messages than can be read one by one', () => {
  test.for(['viet', 'tiếng', 'Đường học', 'd', '上海 pho', '東', 'ngang an duong', 'zzz'])(
    'by %s are found as if each had been read',
    { timeout: 60_000 },
    async (q, { told: { db, texts } }) => {
      const words = searchWords(q);
      const matching = texts.filter((text) =>
        words.every(({ folded }) => foldText(text).folded.includes(folded)),
      );
      const isExact = (text: string) =>
        words.every(({ accented, isAccented }) => !isAccented || foldText(text).accented.includes(accented));
      const expected = words.some(({ isAccented }) => isAccented)
        ? [...matching.filter(isExact), ...matching.filter((text) => !isExact(text))]
        : matching;

      expect(await walkAll(db, q, { limit: 100 })).toEqual(expected);
      const { data, facets } = await searchMessages(db, { userId: an, q, limit: 3 });
      expect(data.map(({ message }) => wordsOf(message.content))).toEqual(expected.slice(0, data.length));
      const counted = facets?.matchCount ?? 0;
      expect(counted).toBeLessThanOrEqual(Math.min(1_000, matching.length));
      expect(facets?.isExact === true && counted !== matching.length).toBe(false);
    },
  );

  test('of a time are found without looking through all others', async ({ told: { db, texts } }) => {
    const said = texts.toReversed();
    // However busy the machine is: a page that ends early leads on.
    const between = (from: string | undefined, to: string | undefined) =>
      walkAll(db, 'n', { from, to, limit: 100 });
    const some = said.slice(3_000, 3_020).filter((text) => foldText(text).folded.includes('n'));

    expect(await between(timeOfNumber(3_000), timeOfNumber(3_020))).toEqual(some.toReversed());
    expect(await between('2027-01-01T00:00:00Z', undefined)).toEqual([]);
    expect(await between(undefined, '2020-01-01T00:00:00Z')).toEqual([]);
  });

  test('are found by who has left as far as they may read', async ({ told: { db, texts } }) => {
    const stays = conversations.map((where) => ({
      conversation_id: where,
      user_id: chi,
      joined_seq: 1,
      joined_position: 1,
      left_seq: LEFT_SEQ,
      left_at: timeOf(1),
      left_how: 'left' as const,
    }));
    await db.insertInto('membership').values(stays).execute();
    // Each talk has one number before its first message.
    const readable = texts.slice(-(LEFT_SEQ - 1) * CONVERSATION_COUNT);
    const expected = readable.filter((text) => foldText(text).folded.includes('viet'));

    expect(await walkAll(db, 'viet', { userId: chi, limit: 100 })).toEqual(expected);
    const signs = readable.filter((text) => text.includes('東'));
    expect(await walkAll(db, '東', { userId: chi, limit: 100 })).toEqual(signs);
  });

  test('are counted for the facets up to a bound', async ({ told: { db } }) => {
    const { facets } = await searchMessages(db, { userId: an, q: 'n', limit: 1 });
    const counted = facets?.matchCount ?? 0;
    expect(facets?.isExact).toBe(false);
    expect(counted).toBeGreaterThan(0);
    expect(counted).toBeLessThanOrEqual(1_000);
    expect(facets?.types).toEqual([{ type: 'text', count: counted }]);
  });
});

/** How Postgres would go about it: for what is asked, and once for whatever may be asked. */
async function plansOf(db: Kysely<MessageDb>, statement: RawBuilder<unknown>): Promise<readonly string[]> {
  const kept = sql.raw(`explain (generic_plan) ${statement.compile(db).sql}`);
  const explained = await Promise.all(
    [sql`explain ${statement}`, kept].map((explain) =>
      (explain as RawBuilder<{ 'QUERY PLAN': string }>).execute(db),
    ),
  );
  return explained.map(({ rows }) => rows.map((row) => row['QUERY PLAN']).join('\n'));
}

describe('no table is read from end to end', () => {
  const looks = {
    words: 'tieng viet',
    accents: 'Đường',
    'one sign': '上',
    'one letter': 'd',
  };

  test.for(Object.entries(looks).flatMap(([what, q]) => [an, binh].map((userId) => ({ what, q, userId }))))(
    'for $what and $userId',
    async ({ q, userId }, { told: { db } }) => {
      const look: SearchLook = { userId, words: searchWords(q), filters: {} };
      const scope = await searchScope(db, look);
      const plan = { rank: 'any', before: Number.MAX_SAFE_INTEGER, count: 1_001 } as const;

      for (const lookUp of await plansOf(db, lookUpStatement({ look, scope, newest: 14, end: 0 }, plan))) {
        expect(lookUp).toContain('Bitmap Index Scan on search_entry_by_key');
        expect(lookUp).not.toContain('Seq Scan on search_entry');
        expect(lookUp).toContain('hashed SubPlan');
      }
      for (const statement of [scopeStatement(look), readStatement(look, plan)]) {
        expect((await plansOf(db, statement)).join('\n')).not.toContain('Seq Scan on search_entry');
      }
    },
  );
});
