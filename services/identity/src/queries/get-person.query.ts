import type { PersonView, Tenant, UserId } from '@parley/contracts';
import type { Kysely } from 'kysely';

import type { IdentityDb } from '../storage/schema.ts';

export async function getPerson(
  db: Kysely<IdentityDb>,
  tenant: Tenant,
  userId: UserId,
): Promise<PersonView | undefined> {
  return db
    .selectFrom('person')
    .select(['user_id as userId', 'username', 'display_name as displayName'])
    .where('tenant', '=', tenant)
    .where('user_id', '=', userId)
    .executeTakeFirst();
}
