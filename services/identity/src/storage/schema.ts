import type { DeviceId, DeviceView, PushAddress, SessionId, Tenant, UserId } from '@parley/contracts';
import type { ColumnType } from 'kysely';

/** Written as it lies in an event, or as a date; read as a date. */
type Instant = ColumnType<Date, Date | string, Date | string>;

/** What identity keeps at rest: two tables of its own, and two read models of the user log. */
export interface IdentityDb {
  /** Own, not derived: who has which user name, and what proves it. */
  readonly credential: {
    readonly tenant: Tenant;
    readonly username: string;
    readonly user_id: UserId;
    readonly display_name: string;
    readonly password_hash: string;
    readonly created_at: ColumnType<Date, never, never>;
  };
  /** Own, not derived: the refresh side of sessions. Hashes only. */
  readonly session: {
    readonly tenant: Tenant;
    readonly session_id: SessionId;
    readonly user_id: UserId;
    readonly device_id: DeviceId;
    readonly family_hash: string;
    readonly secret_hash: string;
    readonly expires_at: Instant;
    readonly revoked: boolean;
    readonly last_active_at: Instant | null;
    /** Where the device is reached: a secret of a kind, so it lies here and in no log. */
    readonly push: ColumnType<PushAddress | null, string | null, string | null>;
    /** By what another session with the same address is found. */
    readonly push_hash: string | null;
  };
  /** people: one row per person. */
  readonly person: {
    readonly tenant: Tenant;
    readonly user_id: UserId;
    readonly username: string;
    readonly display_name: string;
    /** The display name as it is searched: lower case, without accents. */
    readonly display_name_folded: string;
  };
  /** devices: one row per session that has not been ended. */
  readonly device: {
    readonly tenant: Tenant;
    readonly session_id: SessionId;
    readonly user_id: UserId;
    readonly device_id: DeviceId;
    readonly name: string;
    readonly platform: DeviceView['platform'];
    readonly type: DeviceView['type'];
    readonly version: string | null;
    readonly signed_in_at: Instant;
  };
}
