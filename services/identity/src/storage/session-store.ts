import type { DeviceId, SessionId, Tenant, UserId } from '@parley/contracts';
import type { Kysely } from 'kysely';

import type { IdentityDb } from './schema.ts';

interface StartedSession {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly familyHash: string;
  readonly secretHash: string;
  readonly expiresAt: Date;
}

/** The refresh side of sessions: the hash of the one secret that is good now. */
export class SessionStore {
  readonly #db: Kysely<IdentityDb>;
  readonly #tenant: Tenant;

  constructor(db: Kysely<IdentityDb>, tenant: Tenant) {
    this.#db = db;
    this.#tenant = tenant;
  }

  /** Also forgets the person's sessions that have run out, so nobody leaves rows behind for ever. */
  async start(session: StartedSession): Promise<void> {
    await this.#db
      .deleteFrom('session')
      .where('tenant', '=', this.#tenant)
      .where('user_id', '=', session.userId)
      .where('expires_at', '<', new Date())
      .execute();
    await this.#db
      .insertInto('session')
      .values({
        tenant: this.#tenant,
        session_id: session.sessionId,
        user_id: session.userId,
        device_id: session.deviceId,
        family_hash: session.familyHash,
        secret_hash: session.secretHash,
        expires_at: session.expiresAt,
        revoked: false,
      })
      .execute();
  }

  async find(sessionId: SessionId): Promise<(StartedSession & { readonly revoked: boolean }) | undefined> {
    return this.#db
      .selectFrom('session')
      .select([
        'session_id as sessionId',
        'user_id as userId',
        'device_id as deviceId',
        'family_hash as familyHash',
        'secret_hash as secretHash',
        'expires_at as expiresAt',
        'revoked',
      ])
      .where('tenant', '=', this.#tenant)
      .where('session_id', '=', sessionId)
      .executeTakeFirst();
  }

  /** One statement, so of two who bring the same secret one wins. */
  async rotate(rotation: {
    readonly sessionId: SessionId;
    readonly usedHash: string;
    readonly nextHash: string;
    readonly expiresAt: Date;
  }): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('session')
      .set({ secret_hash: rotation.nextHash, expires_at: rotation.expiresAt })
      .where('tenant', '=', this.#tenant)
      .where('session_id', '=', rotation.sessionId)
      .where('secret_hash', '=', rotation.usedHash)
      .where('revoked', '=', false)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async revoke(sessionIds: readonly SessionId[]): Promise<void> {
    await this.#db
      .updateTable('session')
      .set({ revoked: true })
      .where('tenant', '=', this.#tenant)
      .where('session_id', 'in', sessionIds)
      .execute();
  }
}
