import type { UserId } from '@parley/contracts';
import { type RawBuilder, sql } from 'kysely';

import { STRETCH_SEQ_COUNT } from '../storage/message-stretch.ts';

/*
 * Words of the queries over a person's own conversations. Each speaks of `own` (the membership), `conversation` and
 * `kept` (how the person keeps it, which may be nothing).
 */

/** The same without the conversations: a count of many need not look at each. */
export function ownMemberships(userId: UserId): RawBuilder<unknown> {
  return sql`member as own
    left join own_view as kept
      on kept.user_id = own.user_id and kept.conversation_id = own.conversation_id
    where own.user_id = ${userId}`;
}

/** A person's conversations with how they keep them: `from ${ownConversations(userId)} and …`. */
export function ownConversations(userId: UserId): RawBuilder<unknown> {
  return sql`member as own
    join conversation on conversation.conversation_id = own.conversation_id
    left join own_view as kept
      on kept.user_id = own.user_id and kept.conversation_id = own.conversation_id
    where own.user_id = ${userId}`;
}

export const isArchived = sql<boolean>`coalesce(kept.archived, false)`;
export const isMuted = sql<boolean>`coalesce(kept.muted_until > now(), false)`;
export const isPinned = sql<boolean>`(kept.pinned_at is not null)`;

/** A mark is gone when the person has read since, however far: see the event. */
export const isMarkedUnread = sql<boolean>`coalesce(kept.marked_at_position >= own.read_position, false)`;

/** What lies after this number is unread; what was said before one joined never is. */
export const unreadAfterSeq = sql<number>`greatest(own.read_up_to_seq, own.joined_seq)`;

/** Whether others have said something that the person has not read. */
export function hasUnread(userId: UserId): RawBuilder<boolean> {
  return sql<boolean>`(conversation.last_seq > ${unreadAfterSeq} and exists (
    select 1 from conversation_message as message
    where message.conversation_id = own.conversation_id
      and message.seq > ${unreadAfterSeq} and message.sender_id <> ${userId}
  ))`;
}

/**
 * How many messages others have sent after a number: a walk along the key's own index, which also has the sender, to
 * the end of the stretch that the number lies in, and what later stretches were counted to have. There nothing is the
 * person's own: who sends has read up to there. What they have deleted for themselves is little, and taken off.
 */
export function unreadCount(
  userId: UserId,
  { conversationId, seq, lastSeq }: UnreadPart,
): RawBuilder<unknown> {
  const size = sql.lit(STRETCH_SEQ_COUNT);
  return sql`
    select (
      select count(*) from conversation_message as message
      where ${lastSeq} > ${seq} and message.conversation_id = ${conversationId}
        and message.seq > ${seq} and message.seq < (${seq} / ${size} + 1) * ${size} and message.sender_id <> ${userId}
    ) + (
      select coalesce(sum(later.message_count), 0) from conversation_stretch as later
      where ${lastSeq} / ${size} > ${seq} / ${size} and later.conversation_id = ${conversationId}
        and later.stretch > ${seq} / ${size}
    ) - (
      select count(*) from hidden_message as hidden
      join conversation_message as unseen
        on unseen.conversation_id = hidden.conversation_id and unseen.seq = hidden.seq
      where ${lastSeq} > ${seq} and hidden.user_id = ${userId} and hidden.conversation_id = ${conversationId}
        and hidden.seq > ${seq} and unseen.sender_id <> ${userId}
    ) as count`;
}

/** How many of them call the person, by name or with everybody. */
export function mentionCount(userId: UserId, after: UnreadPart): RawBuilder<unknown> {
  return sql`
    select count(*) from conversation_mention as mention
    where ${after.lastSeq} > ${after.seq} and mention.conversation_id = ${after.conversationId}
      and mention.mentioned in (${userId}, 'all') and mention.seq > ${after.seq}
      and mention.sender_id <> ${userId}`;
}

/** Where the unread part of a conversation begins, in the words of the query that asks. */
export interface UnreadPart {
  readonly conversationId: RawBuilder<unknown>;
  readonly seq: RawBuilder<number>;
  /** With nothing after the number nothing is looked for. */
  readonly lastSeq: RawBuilder<number>;
}
