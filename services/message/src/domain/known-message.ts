import { MessageId, MessageType, SentContent, Seq, Timestamp, UserId } from '@parley/contracts';
import { z } from 'zod';

import { findRecentSend, type RecentSends } from './recent-sends.ts';
import type { RecentChange, RecentChanges } from './recent-changes.ts';

/** What a decision about an earlier message needs to know of it, as it was at a position of the log. */
export const KnownMessage = z.object({
  messageId: MessageId,
  seq: Seq,
  senderId: UserId,
  sentAt: Timestamp,
  type: MessageType,
  /** Where it was looked up and is not deleted; the words in it may be older than the rest. */
  content: SentContent.nullable(),
  deleted: z.object({ at: Timestamp, by: UserId }).nullable(),
  isPinned: z.boolean(),
  /** `own` is of whoever acts. */
  reactions: z.array(z.object({ emoji: z.string(), count: z.int(), own: z.boolean() })),
  /** Of what it says; nothing where it is deleted. */
  fingerprint: z.string().nullable(),
  /** All of this holds there, and what came after it is not in it. */
  position: z.int().min(0),
});
export type KnownMessage = z.output<typeof KnownMessage>;

/** What the fold remembers: sends of the last while, and what was done to any message in it. */
interface Remembered {
  readonly recent: RecentSends;
  readonly changes: RecentChanges;
}

/**
 * A message as it is where the fold stands: as it was sent or as it was looked up, and then as it was changed.
 * Nothing where the fold remembers too little of it; then it has to be looked up.
 */
export function knownMessage(
  { recent, changes }: Remembered,
  { messageId, actorId }: { readonly messageId: MessageId; readonly actorId: UserId },
  lookedUp?: KnownMessage,
): KnownMessage | undefined {
  const known = lookedUp ?? asSent(recent, messageId);
  if (known === undefined || known.position < changes.completeSincePosition) return undefined;
  return changes.list
    .filter((change) => change.messageId === messageId && change.position > known.position)
    .reduce((before, change) => withChange(before, change, actorId), known);
}

function asSent(recent: RecentSends, messageId: MessageId): KnownMessage | undefined {
  const send = findRecentSend(recent, messageId);
  return send && { ...send, content: null, deleted: null, isPinned: false, reactions: [] };
}

function withChange(known: KnownMessage, change: RecentChange, viewerId: UserId): KnownMessage {
  if (change.kind === 'edited') return { ...known, fingerprint: change.fingerprint };
  if (change.kind === 'pinned') return { ...known, isPinned: change.isPinned };
  if (change.kind === 'reacted') {
    const { emoji, count, isOn, actorId } = change;
    const before = known.reactions.find((reaction) => reaction.emoji === emoji);
    const own = actorId === viewerId ? isOn : (before?.own ?? false);
    const others = known.reactions.filter((reaction) => reaction.emoji !== emoji);
    return { ...known, reactions: count > 0 ? [...others, { emoji, count, own }] : others };
  }
  const deleted = { at: change.at, by: change.actorId };
  return { ...known, content: null, fingerprint: null, deleted, isPinned: false, reactions: [] };
}
