import { databaseTest, type TestDatabase } from '@parley/testing';
import { type Kysely, sql } from 'kysely';
import { describe, expect } from 'vitest';

import { connectPostgres } from './connect.ts';

interface PlaceDb {
  readonly place: { readonly id: number; readonly name: string };
}

const ASK_COUNT = 10;
const test = databaseTest<PlaceDb>({
  '0001-place': {
    up: async (db: Kysely<unknown>) => {
      await sql`create table place (id integer primary key, name text not null)`.execute(db);
      await sql`insert into place values (1, 'Hà Nội'), (2, 'Huế')`.execute(db);
    },
  },
});

/** One connection, so that what is asked next meets what was asked before. */
function connected({ url, schema }: TestDatabase<PlaceDb>) {
  const db = connectPostgres<PlaceDb>({ url, schema, name: 'prepared', poolSize: 1 });
  return Object.assign(db, { [Symbol.asyncDispose]: () => db.destroy() });
}

async function namesAt(db: Kysely<PlaceDb>, id: number): Promise<readonly string[]> {
  const rows = await db.selectFrom('place').select('name').where('id', '=', id).execute();
  return rows.map(({ name }) => name);
}

async function preparedCount(db: Kysely<PlaceDb>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from pg_prepared_statements where statement like '%from "place"%'`.execute(db);
  return rows[0]?.count ?? 0;
}

describe('a statement that is repeated', () => {
  test('is prepared once, and answers each time what is asked', async ({ database }) => {
    await using db = connected(database);
    for (let count = 0; count < ASK_COUNT; count += 1) {
      expect(await namesAt(db, 1)).toEqual(['Hà Nội']);
      expect(await namesAt(db, 2)).toEqual(['Huế']);
    }
    expect(await preparedCount(db)).toBe(1);
  });

  test('outlives a fault of its own', async ({ database }) => {
    await using db = connected(database);
    const insert = (id: number) => db.insertInto('place').values({ id, name: 'Đà Nẵng' }).execute();
    for (let count = 0; count < ASK_COUNT; count += 1) await insert(10 + count);
    await expect(insert(10)).rejects.toMatchObject({ code: '23505' });
    await insert(30);
    expect(await namesAt(db, 30)).toEqual(['Đà Nẵng']);
  });

  test('whose table has changed is refused once and prepared anew', async ({ database, db: other }) => {
    await using db = connected(database);
    for (let count = 0; count < ASK_COUNT; count += 1) await namesAt(db, 1);
    await sql`alter table place alter column name type varchar(100)`.execute(other);
    await expect(namesAt(db, 1)).rejects.toMatchObject({ code: '0A000' });
    for (let count = 0; count < ASK_COUNT; count += 1) expect(await namesAt(db, 1)).toEqual(['Hà Nội']);
  });

  test('that the server has forgotten is prepared anew', async ({ database }) => {
    await using db = connected(database);
    for (let count = 0; count < ASK_COUNT; count += 1) await namesAt(db, 1);
    await sql`deallocate all`.execute(db);
    await expect(namesAt(db, 1)).rejects.toMatchObject({ code: '26000' });
    for (let count = 0; count < ASK_COUNT; count += 1) expect(await namesAt(db, 1)).toEqual(['Hà Nội']);
    expect(await preparedCount(db)).toBe(1);
  });
});
