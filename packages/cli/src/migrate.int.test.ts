import { natsUrl, postgresUrl } from '@parley/testing';
import { connectPostgres } from '@parley/postgres';
import { sql } from 'kysely';
import { expect, test } from 'vitest';

import { migrate } from './migrate.ts';

test('a second migration finds everything in place, and a service may write rows but make no table', async () => {
  const target = { natsUrl: natsUrl('admin'), databaseUrl: postgresUrl('admin') };
  await Promise.all([migrate(target), migrate(target)]);
  expect(await migrate(target)).toEqual([]);

  const db = connectPostgres<unknown>({ url: postgresUrl('message'), name: 'test', poolSize: 1 });
  try {
    await sql`update checkpoint set position = position where projection = 'nothing'`.execute(db);
    await expect(sql`create table mine (id text)`.execute(db)).rejects.toThrow('permission denied');
    await expect(sql`select 1 from identity.checkpoint`.execute(db)).rejects.toThrow('permission denied');
  } finally {
    await db.destroy();
  }
});
