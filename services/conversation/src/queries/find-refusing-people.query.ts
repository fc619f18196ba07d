import type { UserId } from '@parley/contracts';
import type { Kysely } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/** Who of these people has blocked somebody. While the read model is away nobody is known to have. */
export async function findRefusingPeople(
  db: Kysely<ConversationDb>,
  userIds: readonly UserId[],
  refused: UserId,
): Promise<UserId[]> {
  if (userIds.length === 0) return [];
  const rows = await db
    .selectFrom('block')
    .select('blocker_id as userId')
    .where('blocked_id', '=', refused)
    .where('blocker_id', 'in', userIds)
    .execute()
    // A group can be opened without Postgres; who is in it may leave.
    .catch(() => []);
  return rows.map(({ userId }) => userId);
}
