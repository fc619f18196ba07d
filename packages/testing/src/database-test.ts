import { randomBytes } from 'node:crypto';

import { connectPostgres, type Migrations, migrateSchema } from '@parley/postgres';
import { type Kysely, sql } from 'kysely';
import { test } from 'vitest';

import { postgresUrl } from './infra.ts';

const POOL_SIZE = 4;

/** An empty, migrated schema of its own in the run's shared database. */
export interface TestDatabase<Db> {
  readonly db: Kysely<Db>;
  readonly url: string;
  readonly schema: string;
  drop(): Promise<void>;
}

/** A test that owns a database: `const test = databaseTest<MessageDb>(migrations)`. */
export function databaseTest<Db>(migrations: Migrations) {
  return test.extend<{ database: TestDatabase<Db>; db: Kysely<Db> }>({
    database: async ({}, use) => {
      const database = await createTestDatabase<Db>(migrations);
      await use(database);
      await database.drop();
    },
    db: async ({ database }, use) => {
      await use(database.db);
    },
  });
}

export async function createTestDatabase<Db>(migrations: Migrations): Promise<TestDatabase<Db>> {
  const url = postgresUrl();
  const schema = `test_${randomBytes(6).toString('hex')}`;
  await migrateSchema({ adminUrl: url, schema, migrations });
  const db = connectPostgres<Db>({ url, name: schema, schema, poolSize: POOL_SIZE });

  return {
    db,
    url,
    schema,
    async drop() {
      await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db);
      await db.destroy();
    },
  };
}
