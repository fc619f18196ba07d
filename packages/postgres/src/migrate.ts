import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

import { connectPostgres } from './connect.ts';
import { KIT_MIGRATION_NAME, kitMigration } from './kit-tables.ts';

/** Building an index of a large table takes what it takes. */
const MIGRATION_STATEMENT_TIMEOUT_MS = 0;
const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

export type Migrations = Readonly<Record<string, Migration>>;

export interface SchemaMigration {
  /** A role that may create the schema or owns it. */
  readonly adminUrl: string;
  readonly schema: string;
  /** Who may read and write rows there, but change no table. */
  readonly role?: string;
  readonly migrations: Migrations;
}

/** Brings one service's schema to its latest form, and answers the names of the migrations that this took. */
export async function migrateSchema(options: SchemaMigration): Promise<readonly string[]> {
  const { schema, role } = options;
  // The names go into statements that take no parameters.
  for (const name of [schema, role ?? schema]) {
    if (!NAME.test(name)) throw new Error(`${name} is no name for a schema`);
  }
  const db = connectPostgres<unknown>({
    url: options.adminUrl,
    name: `migrate ${schema}`,
    schema,
    poolSize: 1,
    statementTimeoutMs: MIGRATION_STATEMENT_TIMEOUT_MS,
  });
  try {
    // Two that migrate at once would both find nothing and both create it. The session's end frees the lock.
    await sql`select pg_advisory_lock(hashtextextended('migrate ' || ${schema}, 0))`.execute(db);
    await sql`create schema if not exists ${sql.id(schema)}`.execute(db);
    // Before the first table, so that the default privileges hold for each of them.
    if (role !== undefined) await grantRows(db, schema, role);
    const { error, results } = await new Migrator({
      db,
      migrationTableSchema: schema,
      provider: {
        getMigrations: async () => ({ [KIT_MIGRATION_NAME]: kitMigration, ...options.migrations }),
      },
    }).migrateToLatest();
    if (error !== undefined) throw new Error(`the schema ${schema} could not be migrated`, { cause: error });
    return (results ?? []).map(({ migrationName }) => migrationName);
  } finally {
    await db.destroy();
  }
}

async function grantRows(db: Kysely<unknown>, schema: string, role: string): Promise<void> {
  const rows = sql`select, insert, update, delete, truncate`;
  const [where, who] = [sql.id(schema), sql.id(role)];
  const statements = [
    sql`grant usage on schema ${where} to ${who}`,
    sql`grant ${rows} on all tables in schema ${where} to ${who}`,
    sql`grant usage on all sequences in schema ${where} to ${who}`,
    sql`alter default privileges in schema ${where} grant ${rows} on tables to ${who}`,
    sql`alter default privileges in schema ${where} grant usage on sequences to ${who}`,
  ];
  for (const statement of statements) await statement.execute(db);
}
