import {
  FACET_MATCH_COUNT_MAX,
  FACET_VALUE_COUNT_MAX,
  type SearchAnswer,
  type SearchFacets,
  type SearchHit,
} from '@parley/contracts';
import type { Kysely } from 'kysely';

import { searchWords } from '../storage/folding.ts';
import type { MessageDb } from '../storage/schema.ts';
import { formatSearchCursor, type SearchPlace } from './search-cursor.ts';
import { searchHits, shownMatches } from './search-hits.ts';
import { hasAccents, type SearchFilters, type SearchLook } from './search-look.ts';
import {
  type SearchMatch,
  type SearchScope,
  searchScope,
  type SearchWalk,
  WALK_MS_MAX,
  walkMatches,
  type WalkPlan,
} from './search-walk.ts';

const noMatch = { matches: [], reached: 0 } satisfies SearchWalk;

interface Searching {
  readonly look: SearchLook;
  readonly scope: SearchScope;
  readonly endMs: number;
  /** What the facets were counted of; it serves the page as far as it goes. */
  readonly counted: SearchWalk | undefined;
}

interface Asked extends SearchFilters {
  readonly userId: SearchLook['userId'];
  readonly q?: string | undefined;
  readonly cursor?: SearchPlace | undefined;
  readonly limit: number;
}

/** A page of what a person finds; see the contract for what it promises. */
export async function searchMessages(db: Kysely<MessageDb>, asked: Asked): Promise<SearchAnswer> {
  const { userId, q, cursor, limit, ...filters } = asked;
  const look: SearchLook = { userId, words: q === undefined ? [] : searchWords(q), filters };
  // Nothing but marks was typed: no letter that a message could have.
  const isNothing = q !== undefined && look.words.length === 0;
  const endMs = performance.now() + WALK_MS_MAX;
  const scope = await searchScope(db, look);
  const all: WalkPlan = {
    rank: 'any',
    before: Number.MAX_SAFE_INTEGER,
    count: FACET_MATCH_COUNT_MAX + 1,
    neededCount: limit + 1,
  };
  const counted =
    cursor === undefined && !isNothing ? await walkMatches(db, { look, scope, endMs }, all) : undefined;

  const found = isNothing
    ? noPage
    : await matchesFrom(db, { look, scope, endMs, counted }, { cursor, limit });
  const { hits, cutAfter } = await searchHits(db, look, found.matches);
  const next = cutAfter === undefined ? found.next : placeOf(cutAfter);
  return {
    data: hits as SearchHit[],
    page: {
      nextCursor: next === undefined ? null : formatSearchCursor(next),
      prevCursor: null,
      hasMore: next !== undefined,
    },
    facets: cursor === undefined ? await facetsOf(db, look, counted ?? noMatch) : null,
  };
}

interface FoundPage {
  readonly matches: readonly SearchMatch[];
  readonly next: SearchPlace | undefined;
}

const noPage: FoundPage = { matches: [], next: undefined };

/** Goes through the ranks, the exact matches first; one match more than asked for tells that there are more. */
async function matchesFrom(
  db: Kysely<MessageDb>,
  searching: Searching,
  { cursor, limit }: Pick<Asked, 'cursor' | 'limit'>,
): Promise<FoundPage> {
  const first = hasAccents(searching.look) ? 'exact' : 'folded';
  let place: SearchPlace = cursor ?? { rank: first, before: Number.MAX_SAFE_INTEGER };
  const matches: SearchMatch[] = [];
  for (;;) {
    const walk = await walkOn(db, searching, { ...place, count: limit + 1 - matches.length });
    matches.push(...walk.matches);
    const last = matches[limit - 1];
    if (matches.length > limit && last !== undefined) {
      return { matches: matches.slice(0, limit), next: placeOf(last) };
    }
    if (walk.reached > 0) return { matches, next: { rank: place.rank, before: walk.reached } };
    if (place.rank === 'folded') return { matches, next: undefined };
    place = { rank: 'folded', before: Number.MAX_SAFE_INTEGER };
  }
}

/** Takes what was counted already, and looks for the rest behind it. */
async function walkOn(
  db: Kysely<MessageDb>,
  { look, scope, endMs, counted }: Searching,
  plan: WalkPlan & { readonly rank: SearchPlace['rank'] },
): Promise<SearchWalk> {
  const known = (counted?.matches ?? [])
    .filter((match) => placeOf(match).rank === plan.rank && match.position < plan.before)
    .slice(0, plan.count);
  if (known.length === plan.count) return { matches: known, reached: known.at(-1)?.position ?? 0 };
  // Nothing lies behind, or there is no time left to look there.
  if (counted !== undefined && (counted.reached === 0 || performance.now() >= endMs)) {
    return { matches: known, reached: counted.reached };
  }
  const behind = {
    ...plan,
    before: Math.min(plan.before, counted?.reached ?? plan.before),
    count: plan.count - known.length,
  };
  const rest = await walkMatches(db, { look, scope, endMs }, behind);
  return { matches: [...known, ...rest.matches], reached: rest.reached };
}

function placeOf({ isExact, position }: SearchMatch): SearchPlace {
  return { rank: isExact ? 'exact' : 'folded', before: position };
}

async function facetsOf(
  db: Kysely<MessageDb>,
  look: SearchLook,
  { matches, reached }: SearchWalk,
): Promise<SearchFacets> {
  const counted = await shownMatches(db, look, matches.slice(0, FACET_MATCH_COUNT_MAX));
  return {
    isExact: reached === 0,
    matchCount: counted.length,
    types: tally(counted, ({ type }) => type).map(([type, count]) => ({ type, count })),
    senders: tally(counted, ({ senderId }) => senderId).map(([userId, count]) => ({ userId, count })),
    conversations: tally(counted, ({ conversationId }) => conversationId).map(([conversationId, count]) => ({
      conversationId,
      count,
    })),
  };
}

/** The values with the most matches; of equals, the one with the newest. */
function tally<Value>(
  matches: readonly SearchMatch[],
  valueOf: (match: SearchMatch) => Value,
): readonly (readonly [Value, number])[] {
  const counts = new Map<Value, number>();
  for (const match of matches) counts.set(valueOf(match), (counts.get(valueOf(match)) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one).slice(0, FACET_VALUE_COUNT_MAX);
}
