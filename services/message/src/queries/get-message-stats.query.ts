import {
  type ConversationId,
  GROUP_MEMBER_COUNT_MAX,
  type MessageStats,
  type UserId,
} from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';

/** A conversation's messages, counted; nothing for somebody who is not in it, whether it exists or not. */
export async function getMessageStats(
  db: Kysely<MessageDb>,
  asked: { readonly userId: UserId; readonly conversationId: ConversationId },
): Promise<MessageStats | undefined> {
  const { userId, conversationId } = asked;
  const { rows } = await sql<MessageStats>`
    with counted as (
      select sender_id, type, count from message_count
      where conversation_id = ${conversationId} and count > 0
    )
    select
      (select coalesce(sum(count), 0) from counted) as total,
      (select coalesce(json_agg(of_type), '[]') from (
        select type, sum(count) as count from counted group by type order by 2 desc, type
      ) as of_type) as "byType",
      (select coalesce(json_agg(of_sender), '[]') from (
        select sender_id as "userId", sum(count) as count from counted
        group by sender_id order by 2 desc, sender_id limit ${GROUP_MEMBER_COUNT_MAX}
      ) as of_sender) as "bySender"
    from membership as own
    where own.conversation_id = ${conversationId} and own.user_id = ${userId} and own.left_seq is null`.execute(
    db,
  );
  return rows[0];
}
