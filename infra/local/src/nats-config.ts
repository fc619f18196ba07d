import { DURABILITY_SUBJECT, natsPermissions } from '@parley/jetstream/permissions';

import type { Secrets } from './secrets.ts';

export const ACCOUNT = 'PARLEY';
/** Users without a row in the permission table: one migrates, one sees the server itself. */
const ADMIN_USER = 'admin';
const SYSTEM_USER = 'sys';
/** The server sets aside every stream's `max_bytes`; together they have to fit in here. */
const DEFAULT_STORE_BYTES_MAX = 64 * 1024 ** 3;
/** The server's own default. */
const RELAXED_SYNC_INTERVAL = '2m';
const MEMORY_STORE_BYTES_MAX = 64 * 1024 ** 2;

export interface NatsSettings {
  readonly port: number;
  readonly monitorPort: number;
  readonly storeDir: string;
  readonly secrets: Secrets;
  /** How a password is written down: quoted, unless the file names a variable of the environment instead. */
  readonly passwordToken?: (user: string) => string;
  /** Where the server listens: loopback, but for a container whose port is published on loopback. */
  readonly host?: string;
  readonly storeBytesMax?: number;
  /** On unless told: an acknowledged message is on the disk. */
  readonly fsync?: boolean;
}

export function natsUsers(): readonly string[] {
  return [...Object.keys(natsPermissions()), ADMIN_USER, SYSTEM_USER];
}

/**
 * The server's configuration. An acknowledged message is on the disk (`sync_interval: always`) unless told otherwise,
 * everybody has their own subjects only, and how the server syncs can be asked by any of our users.
 */
export function natsConfiguration(settings: NatsSettings): string {
  const host = settings.host ?? '127.0.0.1';

  return `server_name: parley
listen: "${host}:${settings.port}"
http: "${host}:${settings.monitorPort}"
max_payload: 1MB
max_pending: 64MB
write_deadline: "10s"

jetstream {
  store_dir: ${quoted(settings.storeDir)}
  sync_interval: ${settings.fsync === false ? RELAXED_SYNC_INTERVAL : 'always'}
  max_file_store: ${settings.storeBytesMax ?? DEFAULT_STORE_BYTES_MAX}
  max_memory_store: ${MEMORY_STORE_BYTES_MAX}
}

system_account: SYS
accounts {
  SYS {
    users: [{ user: ${SYSTEM_USER}, password: ${passwordOf(settings, SYSTEM_USER)} }]
    exports: [{ service: ${quoted(DURABILITY_SUBJECT)}, accounts: [${ACCOUNT}], response_type: Stream }]
  }
  ${ACCOUNT} {
    jetstream: enabled
    imports: [{ service: { account: SYS, subject: ${quoted(DURABILITY_SUBJECT)} } }]
    users: [
      { user: ${ADMIN_USER}, password: ${passwordOf(settings, ADMIN_USER)} }
${serviceUsers(settings)}
    ]
  }
}
`;
}

function serviceUsers(settings: NatsSettings): string {
  return Object.entries(natsPermissions())
    .map(([user, { publish, subscribe }]) => {
      const password = passwordOf(settings, user);
      const allowed = `publish: { allow: ${list(publish)} }, subscribe: { allow: ${list(subscribe)} }`;
      return `      { user: ${user}, password: ${password}, permissions: { ${allowed} } }`;
    })
    .join('\n');
}

function passwordOf(settings: NatsSettings, user: string): string {
  if (settings.passwordToken !== undefined) return settings.passwordToken(user);

  const secret = settings.secrets[`nats.${user}`];
  if (secret === undefined) throw new Error(`the NATS user ${user} has no password`);

  return quoted(secret);
}

function list(subjects: readonly string[]): string {
  return `[${subjects.map(quoted).join(', ')}]`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
