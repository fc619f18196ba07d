import type { SearchHit } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { isShownTo, type MessageRow, messageViewOf, readMessageColumns } from './message-columns.ts';
import { readerOf } from './reading.ts';
import { highlightsOf } from './search-highlights.ts';
import type { SearchLook } from './search-look.ts';
import type { SearchMatch } from './search-walk.ts';

/** What one page may hold; the broker carries up to 1 MB, and each text is read again for its highlights. */
const PAGE_BYTES_MAX = 256 * 1024;

interface SearchHits {
  readonly hits: readonly SearchHit[];
  /** The last match that was looked at, where the page was full before the end. */
  readonly cutAfter: SearchMatch | undefined;
}

/**
 * The messages of matches as their reader may see them now, with what was found in them. What was deleted, changed
 * or taken from the reader since the index was read is left out.
 */
export async function searchHits(
  db: Kysely<MessageDb>,
  look: SearchLook,
  matches: readonly SearchMatch[],
): Promise<SearchHits> {
  const views = await viewsOf(db, look, matches);
  const hits: SearchHit[] = [];
  let bytes = 0;
  let previous: SearchMatch | undefined;
  for (const match of matches) {
    const message = views.get(keyOf(match));
    const highlights = message?.content ? highlightsOf(message.content, look.words) : undefined;
    if (message !== undefined && highlights !== undefined) {
      const hit: SearchHit = { message, highlights: [...highlights] };
      bytes += Buffer.byteLength(JSON.stringify(hit));
      if (hits.length > 0 && bytes > PAGE_BYTES_MAX) return { hits, cutAfter: previous };
      hits.push(hit);
    }
    previous = match;
  }
  return { hits, cutAfter: undefined };
}

/** The matches that their finder has not deleted for themselves: only those count. */
export async function shownMatches(
  db: Kysely<MessageDb>,
  { userId }: Pick<SearchLook, 'userId'>,
  matches: readonly SearchMatch[],
): Promise<readonly SearchMatch[]> {
  if (matches.length === 0) return matches;
  const { rows } = await sql<Pick<SearchMatch, 'conversationId' | 'seq'>>`
    select hidden.conversation_id as "conversationId", hidden.message_seq as seq
    from json_populate_recordset(null::message, ${placesOf(matches)}::json) as place
    join hidden_message as hidden
      on hidden.conversation_id = place.conversation_id and hidden.message_seq = place.seq
    where hidden.user_id = ${userId}`.execute(db);
  const hidden = new Set(rows.map(keyOf));
  return matches.filter((match) => !hidden.has(keyOf(match)));
}

function placesOf(matches: readonly SearchMatch[]): string {
  return JSON.stringify(matches.map(({ conversationId, seq }) => ({ conversation_id: conversationId, seq })));
}

async function viewsOf(db: Kysely<MessageDb>, { userId }: SearchLook, matches: readonly SearchMatch[]) {
  const { rows } = await sql<MessageRow>`
    select ${readMessageColumns(userId)}
    from json_populate_recordset(null::message, ${placesOf(matches)}::json) as place
    cross join lateral (
      select * from message
      where message.conversation_id = place.conversation_id and message.seq = place.seq limit 1
    ) as message
    cross join lateral (${readerOf(userId, sql`message.conversation_id`)}) as reader
    where message.seq <= reader.up_to_seq and ${isShownTo(userId)}`.execute(db);
  return new Map(rows.map((row) => [keyOf(row), messageViewOf(row)]));
}

function keyOf({ conversationId, seq }: { readonly conversationId: string; readonly seq: number }): string {
  return `${conversationId} ${seq}`;
}
