import { createHash } from 'node:crypto';

import type { DeviceId, PushAddress, SessionId, Tenant, Timestamp, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

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
        last_active_at: new Date(),
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
      .set({ secret_hash: rotation.nextHash, expires_at: rotation.expiresAt, last_active_at: new Date() })
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
      .set({ revoked: true, push: null, push_hash: null })
      .where('tenant', '=', this.#tenant)
      .where('session_id', 'in', sessionIds)
      .execute();
  }

  /** False where there is no such session of this person, or it has ended. */
  async setPush(userId: UserId, sessionId: SessionId, push: PushAddress | null): Promise<boolean> {
    const hash = push && hashOf(push);
    return this.#db.transaction().execute(async (tx) => {
      // The address goes with the phone: another session had it before somebody else signed in there.
      await tx
        .updateTable('session')
        .set({ push: null, push_hash: null })
        .where('tenant', '=', this.#tenant)
        .where('push_hash', '=', hash ?? '')
        .where('session_id', '!=', sessionId)
        .execute();
      const { numUpdatedRows } = await tx
        .updateTable('session')
        .set({ push: push && JSON.stringify(push), push_hash: hash })
        .where('tenant', '=', this.#tenant)
        .where('user_id', '=', userId)
        .where('session_id', '=', sessionId)
        .where('revoked', '=', false)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    });
  }

  /** Never goes back, whoever tells later. */
  async noteActivity(
    sessions: readonly { readonly sessionId: SessionId; readonly at: Timestamp }[],
  ): Promise<void> {
    await sql`
      update session set last_active_at = greatest(last_active_at, active.at)
      from unnest(
        ${sessions.map(({ sessionId }) => sessionId)}::text[],
        ${sessions.map(({ at }) => at)}::timestamptz[]
      ) as active (session_id, at)
      where session.tenant = ${this.#tenant} and session.session_id = active.session_id collate "C"`.execute(
      this.#db,
    );
  }
}

/** An address is looked for by what makes it one; the keys of a browser may change under it. */
function hashOf(push: PushAddress): string {
  const address = push.provider === 'web' ? push.endpoint : push.token;
  return createHash('sha256').update(`${push.provider} ${address}`).digest('base64url');
}
