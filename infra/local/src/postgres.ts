import { randomUUID } from 'node:crypto';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client } from 'pg';

import { exists } from './cache.ts';
import { startContainer } from './containers.ts';
import { foreignPart, LocalServer } from './part.ts';
import type { Part } from './part.ts';
import { postgresHome } from './postgres-home.ts';
import type { PostgresHome } from './postgres-home.ts';
import { DATABASE, provision, roleNames } from './postgres-roles.ts';
import { ServerRefusedError } from './provider-chain.ts';
import type { Found, Programs } from './provider-chain.ts';
import { runCommand } from './run-command.ts';
import { parseVersion } from './version.ts';
import { keptData } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const SUPERUSER = 'postgres';
const CONNECT_TIMEOUT_MS = 2_000;
/** From here on Postgres brings its own locale provider, which behaves the same on every machine. */
const BUILTIN_LOCALE_SINCE = 17;

export interface PostgresPart extends Part {
  /** The URL to sign in with as one of our roles. */
  url(role: string): string;
}

export interface PostgresOptions {
  readonly fsync: boolean;
  /** Tests make a database each. */
  readonly adminMayCreateDatabases: boolean;
}

export function postgresSecretNames(): readonly string[] {
  return [...roleNames(), SUPERUSER].map((role) => `postgres.${role}`);
}

export async function startPostgres(
  found: Found,
  workspace: Workspace,
  options: PostgresOptions,
): Promise<PostgresPart> {
  const secretOf = (role: string) => workspace.secrets[`postgres.${role}`] ?? '';
  if (found.kind === 'running') {
    await provision(found.url, secretOf, options).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new ServerRefusedError(`${found.source}: its user could not set up roles and schemas (${why}).`, {
        cause: error,
      });
    });
    const database = new URL(`/${DATABASE}${new URL(found.url).search}`, found.url).href;
    return Object.assign(foreignPart('postgres', found), {
      url: (role: string) => asRole(database, role, secretOf(role)),
    });
  }

  const { postgres: port } = workspace.ports;
  const part = await startOwn(found, workspace, options);
  const base = `postgres://127.0.0.1:${port}/`;
  await provision(asRole(`${base}postgres`, SUPERUSER, secretOf(SUPERUSER)), secretOf, options);

  return Object.assign(part, { url: (role: string) => asRole(`${base}${DATABASE}`, role, secretOf(role)) });
}

async function startOwn(
  found: Exclude<Found, { kind: 'running' }>,
  workspace: Workspace,
  options: PostgresOptions,
): Promise<Part> {
  const { postgres: port } = workspace.ports;
  if (found.kind === 'image') {
    return startContainer('postgres', {
      image: found.image,
      port,
      secrets: workspace.secrets,
      ...keptData(workspace),
    });
  }

  const home = await postgresHome(workspace.dataDir);
  await createCluster(found, home, workspace);
  const superuser = asRole(
    `postgres://127.0.0.1:${port}/postgres`,
    SUPERUSER,
    workspace.secrets['postgres.postgres'] ?? '',
  );
  const server = new LocalServer(
    {
      name: 'postgres',
      source: found.source,
      version: found.version,
      address: `127.0.0.1:${port}`,
      dataDir: home.dataDir,
      process: {
        name: 'postgres',
        command: found.paths['postgres'] ?? 'postgres',
        args: [
          '-D',
          home.dataDir,
          ...Object.entries(settings(port, options)).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
        ],
        env: { ...found.env, PGTZ: 'UTC', TZ: 'UTC' },
        cwd: home.dataDir,
        logFile: workspace.logFile('postgres'),
        mark: home.dataDir,
        // Smart shutdown (SIGTERM) would wait for every client to go; fast shutdown sends them away.
        stopSignal: 'SIGINT',
        ...(home.runAs === undefined ? {} : { runAs: home.runAs }),
      },
      isReady: () => answers(superuser),
    },
    workspace.records,
  );
  await server.start();

  return server;
}

/** Settings on the command line, so that a data folder of an earlier version of ours needs no edit. */
function settings(port: number, options: PostgresOptions): Readonly<Record<string, string>> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '120',
    shared_buffers: '128MB',
    max_wal_size: '1GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    fsync: options.fsync ? 'on' : 'off',
    full_page_writes: options.fsync ? 'on' : 'off',
  };
}

/** Makes the data folder once. A half-made one, from a crash, has no marker at its end and is made again. */
async function createCluster(found: Programs, home: PostgresHome, workspace: Workspace): Promise<void> {
  const marker = join(workspace.dataDir, 'postgres-created');
  if (await exists(marker)) {
    const kept = (await readFile(join(home.dataDir, 'PG_VERSION'), 'utf8')).trim();
    const major = String(parseVersion(found.version)?.major);
    if (kept === major) return;
    throw new Error(
      `The data in ${home.dataDir} was written by Postgres ${kept}; this is ${found.version} (${found.source}). ` +
        'Install that version, or start with --reset (the log in NATS is the truth, but accounts’ passwords live in Postgres).',
    );
  }

  await rm(home.dataDir, { recursive: true, force: true });
  await mkdir(home.dataDir, { recursive: true, mode: 0o700 });
  const passwordFile = join(home.parent, `.password-${randomUUID()}`);
  await writeFile(passwordFile, `${workspace.secrets['postgres.postgres']}\n`, { mode: 0o600 });
  if (home.runAs !== undefined) {
    await chown(home.dataDir, home.runAs.uid, home.runAs.gid);
    await chown(passwordFile, home.runAs.uid, home.runAs.gid);
  }
  try {
    const args = [
      '-D',
      home.dataDir,
      '-U',
      SUPERUSER,
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '-N',
    ];
    await runCommand(found.paths['initdb'] ?? 'initdb', [...args, ...localeArguments(found.version)], {
      env: { ...found.env, PATH: '/usr/bin:/bin', TZ: 'UTC' },
      cwd: home.parent,
      ...home.runAs,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeFile(marker, '');
}

function localeArguments(version: string): readonly string[] {
  const major = parseVersion(version)?.major ?? 0;

  return major >= BUILTIN_LOCALE_SINCE
    ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    : ['--locale=C'];
}

function asRole(url: string, role: string, password: string): string {
  const target = new URL(url);
  target.username = role;
  target.password = password;

  return target.href;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}
