import { z } from 'zod';

import { isSoundText, MessageId, SeqOrZero, Timestamp } from '../kernel/scalars.ts';
import { ENTITY_COUNT_MAX, TEXT_LENGTH_MAX, TextEntity } from '../message/content.ts';

/** What somebody has begun to write; it may be blank still, and is not checked as what is sent. */
export const Draft = z.strictObject({
  text: z.string().min(1).max(TEXT_LENGTH_MAX).refine(isSoundText, 'must be well-formed Unicode without NUL'),
  entities: z.array(TextEntity).max(ENTITY_COUNT_MAX).optional(),
  replyToId: MessageId.optional(),
});
export type Draft = z.output<typeof Draft>;

export const SavedDraft = Draft.extend({
  savedAt: Timestamp,
  /** The conversation's number then: a message of the person's own with a later one has taken its place. */
  savedAtSeq: SeqOrZero,
});
export type SavedDraft = z.output<typeof SavedDraft>;

/** When a conversation makes noise again by itself, if it ever does. */
export const MutedUntil = z.union([z.literal('forever'), Timestamp]);
export type MutedUntil = z.output<typeof MutedUntil>;

const Count = z.int().min(0);

/** Conversations of one sort, and what is unread in them. */
export const ConversationCounts = z.object({ conversations: Count, unread: Count, mentions: Count });
export type ConversationCounts = z.output<typeof ConversationCounts>;

/** All of a person's conversations, counted. A conversation counts under each state that it is in. */
export const ConversationStats = ConversationCounts.extend({
  byKind: z.object({ direct: ConversationCounts, group: ConversationCounts }),
  byState: z.object({
    unread: ConversationCounts,
    archived: ConversationCounts,
    muted: ConversationCounts,
    pinned: ConversationCounts,
  }),
});
export type ConversationStats = z.output<typeof ConversationStats>;

/** How one person keeps a conversation, on all of their devices and for nobody else. */
export const OwnView = z.object({
  isArchived: z.boolean(),
  mutedUntil: MutedUntil.nullable(),
  isPinned: z.boolean(),
  isMarkedUnread: z.boolean(),
  draft: SavedDraft.nullable(),
  /** Grows with each change of the above: of two answers the greater is the later one. */
  ownViewVersion: SeqOrZero,
});
export type OwnView = z.output<typeof OwnView>;
