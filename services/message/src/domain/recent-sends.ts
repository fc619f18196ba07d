import type { MessageId, MessageType, Timestamp, UserId } from '@parley/contracts';

/** What must be remembered of a send to recognise its retry and to answer it again. */
export interface RecentSend {
  readonly messageId: MessageId;
  readonly seq: number;
  readonly position: number;
  readonly senderId: UserId;
  readonly sentAt: Timestamp;
  readonly type: MessageType;
  /** Of the content: a retry has the same. */
  readonly fingerprint: string;
}

/**
 * The sends of the last while, by message id (which follows from conversation, sender and clientMessageId).
 * An immutable list of small maps: adding copies at most {@link CHUNK_SIZE} entries, however many there are.
 */
export interface RecentSends {
  readonly chunks: readonly ReadonlyMap<MessageId, RecentSend>[];
  /** Every send with a time after this one is in here, in ms since 1970. */
  readonly completeSinceMs: number;
}

const CHUNK_SIZE = 64;
/** At 400 a second these are still the last ten seconds, by which a client's clock may be ahead. */
export const RECENT_SEND_COUNT_MAX = 4_000;
const RECENT_SEND_AGE_MS_MAX = 15 * 60_000;

export function recentSendsSince(completeSinceMs: number): RecentSends {
  return { chunks: [], completeSinceMs };
}

export function findRecentSend(recent: RecentSends, messageId: MessageId): RecentSend | undefined {
  for (let index = recent.chunks.length - 1; index >= 0; index -= 1) {
    const send = recent.chunks[index]?.get(messageId);
    if (send) return send;
  }
  return undefined;
}

/** Adds a send and with each new chunk forgets the oldest, if it is too old or there are too many. */
export function addRecentSend(recent: RecentSends, send: RecentSend): RecentSends {
  const newest = recent.chunks.at(-1);
  if (newest !== undefined && newest.size < CHUNK_SIZE) {
    const chunks = [...recent.chunks.slice(0, -1), new Map(newest).set(send.messageId, send)];
    return { ...recent, chunks };
  }
  const grown = [...recent.chunks, new Map([[send.messageId, send]])];

  const oldest = grown[0];
  const oldestTimes = oldest ? [...sentTimesMs(oldest)] : [];
  const newestOfOldestMs = Math.max(...oldestTimes);
  const tooMany = (grown.length - 1) * CHUNK_SIZE >= RECENT_SEND_COUNT_MAX;
  const tooOld = newestOfOldestMs < Date.parse(send.sentAt) - RECENT_SEND_AGE_MS_MAX;
  if (grown.length === 1 || (!tooMany && !tooOld)) return { ...recent, chunks: grown };
  return { chunks: grown.slice(1), completeSinceMs: Math.max(recent.completeSinceMs, newestOfOldestMs) };
}

function* sentTimesMs(chunk: ReadonlyMap<MessageId, RecentSend>): Generator<number> {
  for (const { sentAt } of chunk.values()) yield Date.parse(sentAt);
}
