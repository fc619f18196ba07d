import type { UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/** Who of these people is in a conversation with somebody, without a block between the two; in the order of the ids. */
export async function findAcquaintances(
  db: Kysely<ConversationDb>,
  { userId, userIds }: { readonly userId: UserId; readonly userIds: readonly UserId[] },
): Promise<UserId[]> {
  if (userIds.length === 0) return [];
  const { rows } = await sql<{ readonly userId: UserId }>`
    select distinct other.user_id as "userId"
    from member as own
    join member as other using (conversation_id)
    where own.user_id = ${userId} and other.user_id = any(${[...userIds]}) and other.user_id <> ${userId}
      and not exists (
        select from block where blocker_id = ${userId} and blocked_id = other.user_id
      )
      and not exists (
        select from block where blocker_id = other.user_id and blocked_id = ${userId}
      )
    order by other.user_id`.execute(db);
  return rows.map((row) => row.userId);
}
