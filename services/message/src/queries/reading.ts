import { defaultSettings, type UserId } from '@parley/contracts';
import { type RawBuilder, sql } from 'kysely';

/*
 * Who may read what. Every query over messages names a `reader`: the person's latest stay in a conversation, if it
 * lets them read there. `up_to_seq` is how far: everything for a member; for who has gone, and whose group keeps the
 * history for them, what was there when they went, as it was then.
 */

/** So far a member reads. */
export const EVERYTHING = sql.lit(Number.MAX_SAFE_INTEGER);

/**
 * One row or none: `… cross join lateral (${readerOf(userId, sql`message.conversation_id`)}) as reader`. The group's
 * setting as it is now decides, so that a group can be closed behind those who have gone.
 */
export function readerOf(userId: UserId, conversationId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select stay.conversation_id, coalesce(stay.left_seq, ${EVERYTHING}) as up_to_seq, stay.left_seq, stay.left_at
    from (
      select * from membership as stay
      where stay.conversation_id = ${conversationId} and stay.user_id = ${userId}
      order by stay.joined_seq desc limit 1
    ) as stay
    where stay.left_seq is null or ${keepsHistory}`;
}

/** Of a stay that has ended: whether its group lets the person read on. */
const keepsHistory = sql<boolean>`coalesce((
  select case stay.left_how when 'left' then rule.keep_history when 'removed' then rule.keep_history_of_removed end
  from history_rule as rule where rule.conversation_id = stay.conversation_id
), case stay.left_how
  when 'left' then ${sql.lit(defaultSettings.keepHistory)}
  when 'removed' then ${sql.lit(defaultSettings.keepHistoryOfRemoved)}
  else false
end)`;

/** All conversations where a person may read something, as `reader`s. */
export function readableBy(userId: UserId, only: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select stay.conversation_id, coalesce(stay.left_seq, ${EVERYTHING}) as up_to_seq
    from (
      select distinct on (conversation_id) * from membership
      where user_id = ${userId} ${only}
      order by conversation_id, joined_seq desc
    ) as stay
    where stay.left_seq is null or ${keepsHistory}`;
}
