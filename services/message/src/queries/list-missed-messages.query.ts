import {
  type ConversationId,
  type MessageView,
  type MissedConversation,
  type MissedHead,
  SNAPSHOT_MESSAGE_COUNT,
  SNAPSHOT_OVER_COUNT,
} from '@parley/contracts';
import type { Kysely } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { PAGE_BYTES_MAX } from './fitting.ts';
import { messageViewOf } from './message-columns.ts';
import {
  type AskedSince,
  type PageRow,
  readShares,
  type Share,
  type Standing,
  standingOf,
} from './missed-shares.ts';

interface AskedConversation extends MissedHead {
  readonly afterSeq?: number | undefined;
}

export interface AskedMissed extends AskedSince {
  readonly conversations: readonly AskedConversation[];
  readonly limit: number;
}

export interface MissedPage {
  readonly conversations: MissedConversation[];
  readonly next: { readonly conversationId: ConversationId; readonly afterSeq?: number } | null;
}

/**
 * What was missed since a position of the log, conversation by conversation, as it is now. Numbers are dense, so how
 * many lie between says what a conversation can hold at most: whole conversations are taken until the page is full,
 * and all of them are read by one query. One that does not fit into a page by itself is walked number by number, as
 * a catch-up by cursors does; one with very much is given as a snapshot.
 */
export async function listMissedMessages(db: Kysely<MessageDb>, asked: AskedMissed): Promise<MissedPage> {
  const ids = asked.conversations.map(({ conversationId }) => conversationId);
  const { shares, next } = sharesOf(asked, await standingOf(db, asked, ids));
  if (shares.length === 0) return { conversations: [], next };

  const read = await readShares(db, asked, shares);
  const conversations: MissedConversation[] = [];
  let bytesLeft = PAGE_BYTES_MAX;
  for (const share of shares) {
    const rows = (read.get(share.conversationId) ?? []).map(sizedViewOf);
    const kept = (share.isSnapshot ? newestOf : firstOf)(share, rows, bytesLeft);
    // One of which nothing fits any more begins the next page; on a page of its own something always does.
    if (kept === undefined) return { conversations, next: placeIn(share, share.afterSeq) };
    conversations.push(kept.missed);
    if (kept.missed.hasMore) return { conversations, next: placeIn(share, kept.lastPlace) };
    bytesLeft -= kept.bytes;
  }
  return { conversations, next };
}

function sharesOf(
  { since, conversations, limit }: AskedMissed,
  standings: ReadonlyMap<ConversationId, Standing>,
): { readonly shares: Share[]; readonly next: MissedPage['next'] } {
  const shares: Share[] = [];
  let left = limit;
  for (const { conversationId, headSeq, headPosition, afterSeq } of conversations) {
    const standing = standings.get(conversationId);
    if (standing === undefined) continue;
    const { knownSeq, joinedPosition } = standing;
    const isBegun = afterSeq !== undefined;
    const isSnapshot = !isBegun && (joinedPosition > since || headSeq - knownSeq > SNAPSHOT_OVER_COUNT);
    const from = Math.max(knownSeq, afterSeq ?? 0);
    const count = isSnapshot ? SNAPSHOT_MESSAGE_COUNT : Math.max(1, headSeq - from);
    if (count > left && shares.length > 0) {
      return { shares, next: { conversationId, ...(isBegun ? { afterSeq } : {}) } };
    }
    const share = {
      conversationId,
      headSeq,
      headPosition,
      knownSeq,
      afterSeq: from,
      isSnapshot,
      limit: isSnapshot ? count : limit,
    };
    shares.push(share);
    left -= count;
  }
  return { shares, next: null };
}

interface SizedView {
  readonly place: number;
  readonly view: MessageView;
  readonly bytes: number;
}

function sizedViewOf({ place, ...row }: PageRow): SizedView {
  const view = messageViewOf(row);
  return { place, view, bytes: Buffer.byteLength(JSON.stringify(view)) };
}

interface Kept {
  readonly missed: MissedConversation;
  /** The number at which the last row stands: a change that came after the head stands behind it. */
  readonly lastPlace: number;
  readonly bytes: number;
}

/** As many of the newest as fit: a device starts over from them, so it need not be a number of them. */
function newestOf(
  { conversationId, afterSeq, headSeq, limit }: Share,
  rows: readonly SizedView[],
  bytesMax: number,
): Kept | undefined {
  const kept: SizedView[] = [];
  let bytes = 0;
  for (const row of rows.slice(-limit).toReversed()) {
    bytes += row.bytes;
    if (bytes > bytesMax && (kept.length > 0 || bytesMax < PAGE_BYTES_MAX)) break;
    kept.unshift(row);
  }
  if (kept.length === 0 && rows.length > 0) return undefined;
  const messages = kept.map(({ view }) => view);
  const missed = {
    conversationId,
    afterSeq,
    messages,
    changed: [],
    upToSeq: headSeq,
    hasMore: false,
    isSnapshot: true,
  };
  return { missed, lastPlace: headSeq, bytes };
}

/** The first that fit. What stands at one number is not parted: a pin is a change and a line. */
function firstOf(share: Share, rows: readonly SizedView[], bytesMax: number): Kept | undefined {
  const { conversationId, headSeq, knownSeq, afterSeq, limit } = share;
  const kept: SizedView[] = [];
  let bytes = 0;
  for (const row of rows) {
    const isAtSameNumber = row.place === kept.at(-1)?.place;
    const isFull = kept.length >= limit || bytes + row.bytes > bytesMax;
    if (isFull && !isAtSameNumber && (kept.length > 0 || bytesMax < PAGE_BYTES_MAX)) break;
    kept.push(row);
    bytes += row.bytes;
  }
  if (kept.length === 0 && rows.length > 0) return undefined;
  const hasMore = kept.length < rows.length;
  const lastPlace = kept.at(-1)?.place ?? afterSeq;
  const views = kept.map(({ view }) => view);
  const missed = {
    conversationId,
    afterSeq,
    messages: views.filter(({ seq }) => seq > knownSeq),
    changed: views.filter(({ seq }) => seq <= knownSeq),
    upToSeq: hasMore ? Math.min(lastPlace, headSeq) : headSeq,
    hasMore,
    isSnapshot: false,
  };
  return { missed, lastPlace, bytes };
}

function placeIn({ conversationId, isSnapshot }: Share, afterSeq: number): MissedPage['next'] {
  return isSnapshot ? { conversationId } : { conversationId, afterSeq };
}
