import type { IdentityEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { sql } from 'kysely';

import type { IdentityDb } from '../storage/schema.ts';

/** Where people are signed in: one row per session that has not been ended. */
export const devices: Projection<IdentityEvent, IdentityDb> = {
  name: 'devices',
  log: 'user',
  tables: ['device'],

  on: {
    'identity.session-started': (tx, events) =>
      sql`
        insert into device
          (tenant, session_id, user_id, device_id, name, platform, type, version, signed_in_at)
        select * from unnest(
          ${events.map(({ tenant }) => tenant)}::text[],
          ${events.map(({ data }) => data.sessionId)}::text[],
          ${events.map(({ data }) => data.userId)}::text[],
          ${events.map(({ data }) => data.deviceId)}::text[],
          ${events.map(({ data }) => data.name)}::text[],
          ${events.map(({ data }) => data.platform)}::text[],
          ${events.map(({ data }) => data.deviceType ?? 'other')}::text[],
          ${events.map(({ data }) => data.version ?? null)}::text[],
          ${events.map(({ at }) => at)}::timestamptz[]
        )`.execute(tx),

    'identity.device-renamed': (tx, events) => {
      // Several names for one device in a batch: the last one stands.
      const last = [
        ...new Map(events.map((event) => [`${event.tenant} ${event.data.deviceId}`, event])).values(),
      ];
      return sql`
        update device set name = renamed.name
        from unnest(
          ${last.map(({ tenant }) => tenant)}::text[],
          ${last.map(({ data }) => data.userId)}::text[],
          ${last.map(({ data }) => data.deviceId)}::text[],
          ${last.map(({ data }) => data.name)}::text[]
        ) as renamed (tenant, user_id, device_id, name)
        where device.tenant = renamed.tenant
          and device.user_id = renamed.user_id
          and device.device_id = renamed.device_id`.execute(tx);
    },

    'identity.session-revoked': (tx, events) =>
      sql`
        delete from device
        using unnest(
          ${events.map(({ tenant }) => tenant)}::text[],
          ${events.map(({ data }) => data.sessionId)}::text[]
        ) as ended (tenant, session_id)
        where device.tenant = ended.tenant and device.session_id = ended.session_id`.execute(tx),
  },
};
