import {
  type ConversationId,
  GROUP_MEMBER_COUNT_MAX,
  type MessageStats,
  type UserId,
} from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { readerOf } from './reading.ts';

/** A conversation's messages, counted; nothing for somebody who may not read it, whether it exists or not. */
export async function getMessageStats(
  db: Kysely<MessageDb>,
  asked: { readonly userId: UserId; readonly conversationId: ConversationId },
): Promise<MessageStats | undefined> {
  const { userId, conversationId } = asked;
  const { rows } = await sql<MessageStats>`
    with reader as (${readerOf(userId, sql`${conversationId}`)}), counted as (
      select sender_id, type, count from reader
      join message_count on message_count.conversation_id = reader.conversation_id
      where reader.left_seq is null and count > 0
      union all
      -- What is counted as it comes is the present. Who has gone is told of then, and that is read through.
      select message.sender_id, message.content ->> 'type', count(*) from reader
      join message on message.conversation_id = reader.conversation_id and message.seq <= reader.up_to_seq
      where reader.left_seq is not null and message.content is not null
        and message.content ->> 'type' <> 'system'
      group by 1, 2
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
    from reader`.execute(db);
  return rows[0];
}
