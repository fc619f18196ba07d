import type { ConversationId, MissedHead, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/** How far a person's conversations have come that have moved on since a position, by id. */
export async function listMissedHeads(
  db: Kysely<ConversationDb>,
  asked: {
    readonly userId: UserId;
    readonly since: number;
    readonly from?: ConversationId | undefined;
    readonly limit: number;
  },
): Promise<{ readonly heads: MissedHead[]; readonly hasMore: boolean }> {
  const { userId, since, from = '', limit } = asked;
  const { rows } = await sql<MissedHead>`
    select own.conversation_id as "conversationId", conversation.last_seq as "headSeq",
      conversation.last_position as "headPosition"
    from member as own
    join conversation on conversation.conversation_id = own.conversation_id
    where own.user_id = ${userId} and own.conversation_id >= ${from} and conversation.last_position > ${since}
    order by own.conversation_id limit ${limit + 1}`.execute(db);
  return { heads: rows.slice(0, limit), hasMore: rows.length > limit };
}
