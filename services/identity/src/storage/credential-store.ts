import type { Tenant, UserId } from '@parley/contracts';
import type { Kysely } from 'kysely';

import type { IdentityDb } from './schema.ts';

interface Credential {
  readonly userId: UserId;
  readonly username: string;
  readonly displayName: string;
  readonly passwordHash: string;
}

/** No user name has this character, and PostgreSQL takes no text that has it. */
const NUL = '\0';

/** Who has which user name. The unique row decides a race for one. */
export class CredentialStore {
  readonly #db: Kysely<IdentityDb>;
  readonly #tenant: Tenant;

  constructor(db: Kysely<IdentityDb>, tenant: Tenant) {
    this.#db = db;
    this.#tenant = tenant;
  }

  async reserve(credential: Credential): Promise<boolean> {
    const inserted = await this.#db
      .insertInto('credential')
      .values({
        tenant: this.#tenant,
        username: credential.username,
        user_id: credential.userId,
        display_name: credential.displayName,
        password_hash: credential.passwordHash,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('user_id')
      .executeTakeFirst();
    return inserted !== undefined;
  }

  async find(username: string): Promise<Credential | undefined> {
    return (
      this.#db
        .selectFrom('credential')
        .select([
          'user_id as userId',
          'username',
          'display_name as displayName',
          'password_hash as passwordHash',
        ])
        .where('tenant', '=', this.#tenant)
        // What cannot be a name is looked up as no name: as much work as for any other.
        .where('username', '=', username.includes(NUL) ? '' : username)
        .executeTakeFirst()
    );
  }
}
