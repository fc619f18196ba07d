import { Client, escapeLiteral } from 'pg';

import type { PostgresOptions } from './postgres.ts';

export const DATABASE = 'parley';
/** Owns the schemas and migrates them. */
const OWNER = 'admin';
/** Services with a schema of their own. */
const SCHEMAS = ['identity', 'conversation', 'file', 'message'] as const;
const CONNECT_TIMEOUT_MS = 5_000;

export function roleNames(): readonly string[] {
  return [OWNER, ...SCHEMAS];
}

/**
 * The database, a schema and a role per service: idempotent, run at every start. A service reads and writes
 * rows of its own schema and changes no table; tables are `admin`'s, who migrates.
 */
export async function provision(
  superuserUrl: string,
  secretOf: (role: string) => string,
  options: Pick<PostgresOptions, 'adminMayCreateDatabases'>,
): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    for (const role of roleNames()) await client.query(roleStatement(role, secretOf(role)));
    if (options.adminMayCreateDatabases) await client.query(`alter role ${OWNER} createdb`);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE} owner ${OWNER}`);
  });

  const database = new URL(superuserUrl);
  database.pathname = `/${DATABASE}`;
  await withClient(database.href, (client) => client.query(schemaStatements()));
}

/** Everything inside the database; `admin` may repeat the part of one schema after dropping it. */
export function schemaStatements(): string {
  return [
    `revoke all on database ${DATABASE} from public`,
    'revoke all on schema public from public',
    `grant all on schema public to ${OWNER}`,
    ...SCHEMAS.flatMap((schema) => [
      `grant connect on database ${DATABASE} to ${schema}`,
      `create schema if not exists ${schema} authorization ${OWNER}`,
      ...serviceSettings(schema),
      ...schemaGrants(schema),
    ]),
  ].join(';\n');
}

/** What a service may do with the tables that `admin` makes in its schema, now and later. */
function schemaGrants(schema: string): readonly string[] {
  const rows = 'select, insert, update, delete, truncate';

  return [
    `grant usage on schema ${schema} to ${schema}`,
    `grant ${rows} on all tables in schema ${schema} to ${schema}`,
    `grant usage on all sequences in schema ${schema} to ${schema}`,
    `alter default privileges for role ${OWNER} in schema ${schema} grant ${rows} on tables to ${schema}`,
    `alter default privileges for role ${OWNER} in schema ${schema} grant usage on sequences to ${schema}`,
  ];
}

/** No statement of a service runs for long, and no transaction is forgotten. */
function serviceSettings(role: string): readonly string[] {
  return [
    `alter role ${role} set search_path = ${role}`,
    `alter role ${role} set statement_timeout = '5s'`,
    `alter role ${role} set idle_in_transaction_session_timeout = '15s'`,
  ];
}

function roleStatement(role: string, password: string): string {
  const secret = escapeLiteral(password);

  return `do $$ begin
    if not exists (select from pg_roles where rolname = '${role}') then create role ${role} login; end if;
  end $$;
  alter role ${role} login password ${secret}`;
}

async function withClient(url: string, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
