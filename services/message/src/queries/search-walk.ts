import type { ConversationId, MessageType, UserId } from '@parley/contracts';
import { type Kysely, type RawBuilder, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { markGram, SEGMENT_POSITION_COUNT, segmentOf } from '../storage/search-keys.ts';
import { EVERYTHING, readableBy, readerOf } from './reading.ts';
import type { SearchRank } from './search-cursor.ts';
import {
  isExact,
  isMatch,
  isOfRank,
  keysToFind,
  type SearchFilters,
  type SearchLook,
} from './search-look.ts';

/** Up to so many messages are read one by one, which is faster than to look them up. */
const READ_COUNT_MAX = 2_000;
/** Up to so many conversations are looked up together with the words; more would cost what they spare. */
const SCOPE_MARK_COUNT_MAX = 64;
/** For so long segments are looked through for one question, whatever is found; the answer says how far that was. */
export const WALK_MS_MAX = 25;
/** And for so long when there is enough for a page, and only the facets would grow. */
const COUNT_MS_MAX = 15;
/**
 * A round looks up several times as many segments as the one before: fewer where that one took its time. What a person
 * may read is worked out in each round anew, so few large ones are better than many small ones.
 */
const QUICK_ROUND_MS = 10;
const QUICK_GROWTH = 16;
const SLOW_GROWTH = 2;
const ROUND_SEGMENT_COUNT_MAX = 256;

/** What one person can see at all, and from where to where in the log it lies. */
export interface SearchScope {
  /** The conversations; one more than {@link SCOPE_MARK_COUNT_MAX} where there are more. */
  readonly conversationIds: readonly ConversationId[];
  /** How many messages that is; exact up to {@link READ_COUNT_MAX}. */
  readonly messageCount: number;
  readonly oldest: number;
  readonly newest: number;
}

export interface SearchMatch {
  readonly position: number;
  readonly conversationId: ConversationId;
  readonly seq: number;
  readonly senderId: UserId;
  readonly type: MessageType;
  readonly isExact: boolean;
}

/** Matches, the newest first: all of those from where the walk began down to `reached`, which is 0 at the end. */
export interface SearchWalk {
  readonly matches: readonly SearchMatch[];
  readonly reached: number;
}

export interface WalkPlan {
  readonly rank: SearchRank | 'any';
  readonly before: number;
  readonly count: number;
  /** As many as make a page, where more are counted. */
  readonly neededCount?: number;
}

/** The conversations where a person may read: what they may read there is what they may find. */
function ownConversations({ userId, filters }: SearchLook): RawBuilder<unknown> {
  const { conversationId } = filters;
  const only = conversationId === undefined ? sql`` : sql`and conversation_id = ${conversationId}`;
  return sql`own as materialized (${readableBy(userId, only)})`;
}

export async function searchScope(db: Kysely<MessageDb>, look: SearchLook): Promise<SearchScope> {
  const { rows } = await scopeStatement(look).execute(db);
  const [found] = rows;
  if (found === undefined) throw new Error('an aggregate has one row');
  return { ...found, oldest: found.oldest ?? 0, newest: found.newest ?? 0 };
}

/** Who is in many conversations has messages all over the log: its own ends are found sooner than those of each. */
export function scopeStatement(look: SearchLook) {
  const isWide = sql`(select count(*) from own) > ${SCOPE_MARK_COUNT_MAX}`;
  return sql<Omit<SearchScope, 'newest' | 'oldest'> & Bounds>`
    with ${ownConversations(look)}
    select
      array(select conversation_id from own limit ${SCOPE_MARK_COUNT_MAX + 1}) as "conversationIds",
      (select count(*) from (
        select from own cross join lateral (
          select from search_entry as entry
          where entry.conversation_id = own.conversation_id limit ${READ_COUNT_MAX + 1}
        ) as found limit ${READ_COUNT_MAX + 1}
      ) as found) as "messageCount",
      ${boundsIn(look.filters)}
    from (
      select
        case when ${isWide} then (select min(position) from search_entry)
          else (select min(of_one.position) from own cross join lateral (
            select min(position) as position from search_entry as entry
            where entry.conversation_id = own.conversation_id
          ) as of_one) end as oldest,
        case when ${isWide} then (select max(position) from search_entry)
          else (select max(of_one.position) from own cross join lateral (
            select max(position) as position from search_entry as entry
            where entry.conversation_id = own.conversation_id
          ) as of_one) end as newest
    ) as bounds`;
}

/**
 * Where the time that is asked for lies in the log, so that other times are not looked through. A day more on both
 * sides: what waited in a queue is stored later than it was said.
 */
function boundsIn({ from, to }: SearchFilters): RawBuilder<unknown> {
  const first = sql`(select position from search_entry as entry
    where entry.sent_at >= ${from}::timestamptz - interval '1 day' order by entry.sent_at limit 1)`;
  const last = sql`(select position from search_entry as entry
    where entry.sent_at < ${to}::timestamptz + interval '1 day' order by entry.sent_at desc limit 1)`;
  const oldest =
    from === undefined
      ? sql`bounds.oldest`
      : sql`greatest(bounds.oldest, coalesce(${first}, ${Number.MAX_SAFE_INTEGER}))`;
  const newest = to === undefined ? sql`bounds.newest` : sql`least(bounds.newest, coalesce(${last}, 0))`;
  return sql`${oldest} as oldest, ${newest} as newest`;
}

interface Bounds {
  readonly oldest: number | null;
  readonly newest: number | null;
}

interface Walking {
  readonly look: SearchLook;
  readonly scope: SearchScope;
  /** Until when the whole question may look further; one round is always made, so that every page leads on. */
  readonly endMs: number;
}

/** Looks from a position back, until there are enough matches, or no more, or it has taken long enough. */
export async function walkMatches(
  db: Kysely<MessageDb>,
  { look, scope, endMs: walkEndMs }: Walking,
  plan: WalkPlan,
): Promise<SearchWalk> {
  if (scope.messageCount <= READ_COUNT_MAX) {
    const { rows: matches } = await readStatement(look, plan).execute(db);
    return { matches, reached: reachedBy(matches, plan.count, 0) };
  }

  const oldest = segmentOf(scope.oldest);
  const beganMs = performance.now();
  const matches: SearchMatch[] = [];
  let size = 1;
  const begin = Math.min(plan.before - 1, scope.newest);
  for (let newest = segmentOf(begin); newest >= oldest;) {
    const end = Math.max(oldest, newest - size + 1);
    const startedMs = performance.now();
    const wanted = { ...plan, count: plan.count - matches.length };
    const { rows } = await lookUpStatement({ look, scope, newest, end }, wanted).execute(db);
    matches.push(...rows);
    if (matches.length >= plan.count) break;

    const nowMs = performance.now();
    const hasEnough = matches.length >= (plan.neededCount ?? plan.count);
    const endMs = hasEnough ? Math.min(beganMs + COUNT_MS_MAX, walkEndMs) : walkEndMs;
    if (nowMs >= endMs && end > oldest) return { matches, reached: end * SEGMENT_POSITION_COUNT };
    const growth = nowMs - startedMs < QUICK_ROUND_MS ? QUICK_GROWTH : SLOW_GROWTH;
    const through = begin - end * SEGMENT_POSITION_COUNT;
    size = Math.min(
      size * growth,
      segmentsFor(plan.count, matches.length, through),
      segmentsWithin(endMs - nowMs, { segmentCount: newest - end + 1, tookMs: nowMs - startedMs }),
      ROUND_SEGMENT_COUNT_MAX,
    );
    newest = end - 1;
  }
  return { matches, reached: reachedBy(matches, plan.count, 0) };
}

/** How many segments more it takes if matches go on as thick as they were so far. */
function segmentsFor(wanted: number, found: number, throughPositions: number): number {
  if (found === 0) return Number.POSITIVE_INFINITY;
  return Math.ceil(((wanted - found) * throughPositions) / found / SEGMENT_POSITION_COUNT);
}

/** How many there is time for, if they take as long as the last ones. */
function segmentsWithin(
  leftMs: number,
  last: { readonly segmentCount: number; readonly tookMs: number },
): number {
  return Math.max(1, Math.floor((leftMs * last.segmentCount) / last.tookMs));
}

function reachedBy(matches: readonly SearchMatch[], count: number, end: number): number {
  return matches.length < count ? end : (matches.at(-1)?.position ?? end);
}

const matchColumns = (look: SearchLook) => sql`
  entry.position, entry.conversation_id as "conversationId", entry.seq, entry.sender_id as "senderId",
  entry.type, ${isExact(look)} as "isExact"`;

/** Reads every message of the person. */
export function readStatement(look: SearchLook, plan: WalkPlan): RawBuilder<SearchMatch> {
  return sql<SearchMatch>`
    with ${ownConversations(look)}
    select ${matchColumns(look)}
    from own cross join lateral (
      select * from search_entry as entry
      where entry.conversation_id = own.conversation_id and entry.worded_seq <= own.up_to_seq
        and entry.position < ${plan.before}
      offset 0
    ) as entry
    where ${isMatch(look)} and ${isOfRank(look, plan.rank)}
    order by entry.position desc limit ${plan.count}`;
}

interface Stretch {
  readonly look: SearchLook;
  readonly scope: SearchScope;
  readonly newest: number;
  readonly end: number;
}

/** Looks up what a stretch of segments has, segment by segment in the index, and checks it. */
export function lookUpStatement(
  { look, scope, newest, end }: Stretch,
  plan: WalkPlan,
): RawBuilder<SearchMatch> {
  return sql<SearchMatch>`
    with ${ownConversations(look)}
    select found.position, found."conversationId", found.seq, found."senderId", found.type, found."isExact"
    from generate_series(${end}::int, ${newest}::int) as segment(number)
    cross join lateral (
      select ${matchColumns(look)}
      from search_entry as entry
      where ${isProposed(look, scope)}
        and entry.position < ${plan.before} and ${isMatch(look)} and ${isOfRank(look, plan.rank)}
        and ${mayRead(look)}
      offset 0
    ) as found
    where found.position / ${SEGMENT_POSITION_COUNT} = segment.number
    order by found.position desc limit ${plan.count}`;
}

/**
 * Whether the person may read an entry. As a condition that Postgres answers by a hash of all they may read: as a
 * join it would be planned for the one entry and the few conversations that a planner expects, and go through
 * thousands of conversations for each of thousands of entries. Who has gone and may read up to there is looked up.
 */
function mayRead({ userId }: SearchLook): RawBuilder<boolean> {
  return sql<boolean>`case
    when entry.conversation_id in (select conversation_id from own where up_to_seq = ${EVERYTHING}) then true
    when entry.conversation_id in (select conversation_id from own where up_to_seq < ${EVERYTHING}) then
      entry.worded_seq <= (select reader.up_to_seq from (${readerOf(userId, sql`entry.conversation_id`)}) as reader)
    else false end`;
}

/** The index's condition: has all keys, and one of the person's conversations where that tells enough. */
function isProposed(look: SearchLook, { conversationIds }: SearchScope): RawBuilder<boolean> {
  const grams = keysToFind(look);
  const hasAll = sql<boolean>`entry.keys @> ${keysIn(grams.length > 0 ? grams : [markGram({ kind: 'any' })])}`;
  if (conversationIds.length > SCOPE_MARK_COUNT_MAX) return hasAll;
  const marks = conversationIds.map((value) => markGram({ kind: 'conversation', value }));
  return sql<boolean>`${hasAll} and entry.keys && ${keysIn(marks)}`;
}

/** The same as `segmentKey` says for one. */
function keysIn(grams: readonly number[]): RawBuilder<unknown> {
  return sql`array(
    select ((segment.number % 4096) << 20) | gram from unnest(${[...grams]}::int[]) as gram
  )`;
}
