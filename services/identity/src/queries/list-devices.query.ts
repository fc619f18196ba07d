import type { DeviceView, SessionId, Tenant, Timestamp, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { IdentityDb } from '../storage/schema.ts';

/** More than a person may have: see SESSION_COUNT_MAX in the account's rules. */
const DEVICE_COUNT_MAX = 200;

/** Where a person is signed in, in the order of signing in. A session that nobody can refresh any more is left out. */
export async function listDevices(
  db: Kysely<IdentityDb>,
  tenant: Tenant,
  asking: { readonly userId: UserId; readonly sessionId: SessionId },
): Promise<DeviceView[]> {
  const rows = await db
    .selectFrom('device')
    .innerJoin('session', (join) =>
      join
        .onRef('session.tenant', '=', 'device.tenant')
        .onRef('session.session_id', '=', 'device.session_id'),
    )
    .select([
      'device.device_id as deviceId',
      'device.session_id as sessionId',
      'device.name',
      'device.platform',
      'device.type',
      'device.version',
      'device.signed_in_at as signedInAt',
      'session.last_active_at as lastActiveAt',
      sql<DeviceView['pushProvider']>`session.push ->> 'provider'`.as('pushProvider'),
    ])
    .where('device.tenant', '=', tenant)
    .where('device.user_id', '=', asking.userId)
    .where('session.expires_at', '>', new Date())
    .orderBy('device.signed_in_at')
    .orderBy('device.session_id')
    .limit(DEVICE_COUNT_MAX)
    .execute();
  return rows.map((row) => ({
    ...row,
    signedInAt: row.signedInAt.toISOString() as Timestamp,
    lastActiveAt: (row.lastActiveAt ?? row.signedInAt).toISOString() as Timestamp,
    isCurrent: row.sessionId === asking.sessionId,
  }));
}
