import type { UserId } from '@parley/contracts';
import type { EventStore } from '@parley/event-sourcing';
import type { Kysely } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/**
 * Who of these people has never registered. The read model answers for nearly everybody at once; whom it does
 * not know, because they registered a moment ago or because it is away, has a log of their own or does not exist.
 */
export async function findUnknownPeople(
  db: Kysely<ConversationDb>,
  log: Pick<EventStore<never>, 'tail'>,
  userIds: readonly UserId[],
): Promise<UserId[]> {
  const known = await findPeople(db, userIds).catch(() => new Set<UserId>());
  const unsure = userIds.filter((userId) => !known.has(userId));
  const tails = await Promise.all(unsure.map((userId) => log.tail(userId)));
  return unsure.filter((_, index) => tails[index]?.position === 0);
}

async function findPeople(
  db: Kysely<ConversationDb>,
  userIds: readonly UserId[],
): Promise<ReadonlySet<UserId>> {
  if (userIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('person')
    .select('user_id as userId')
    .where('user_id', 'in', userIds)
    .execute();
  return new Set(rows.map(({ userId }) => userId));
}
