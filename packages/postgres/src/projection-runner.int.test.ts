import { setTimeout as delay } from 'node:timers/promises';

import type { NatsConnection } from '@nats-io/transport-node';
import { databaseTest, type TestDatabase, testNats } from '@parley/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect } from 'vitest';

import {
  append,
  newConversation,
  POISON,
  say,
  saidIn,
  subjectOf,
  type TallyDb,
  tally,
  tallyMigrations,
  tallyRunner,
  upTo,
} from '../test/tally.ts';
import {
  hashProjection,
  listParkedEvents,
  listProjections,
  migrateSchema,
  resetProjection,
} from './index.ts';

const DEADLINE_MS = 15_000;
const test = databaseTest<TallyDb>(tallyMigrations);
let nc: NatsConnection;

beforeAll(async () => {
  nc = await testNats();
});

afterAll(() => nc.close());

describe('a projection runner', () => {
  test('writes each event of the log once and in order', async ({ database, db }) => {
    const hanoi = newConversation();
    await using running = started(database);
    const position = await say(nc, hanoi, { texts: messages(1_200) });
    expect(await running.runner.waitFor(position, DEADLINE_MS)).toBe(true);
    expect(await saidIn(db, hanoi)).toEqual(upTo(1_200));
    expect(running.runner.status()).toMatchObject({ state: 'active', healthy: true, parkedCount: 0 });
  });

  test('goes on behind its checkpoint after a restart', async ({ database, db }) => {
    const hanoi = newConversation();
    const first = await say(nc, hanoi, { texts: messages(10) });
    {
      await using running = started(database);
      expect(await running.runner.waitFor(first, DEADLINE_MS)).toBe(true);
    }
    const second = await say(nc, hanoi, { texts: messages(10), afterSeq: 10 });
    await using running = started(database);
    expect(await running.runner.waitFor(second, DEADLINE_MS)).toBe(true);
    expect(await saidIn(db, hanoi)).toEqual(upTo(20));
  });

  test('applies everything once while its connection is killed again and again', async ({ database, db }) => {
    const hanoi = newConversation();
    await using running = started(database);
    const saying = say(nc, hanoi, { texts: messages(6_000) });
    let killCount = 0;
    for (let round = 0; round < 8; round += 1) {
      await delay(120);
      killCount += await killSessions(database, 'tally-1');
    }
    const position = await saying;
    expect(killCount).toBeGreaterThan(0);
    expect(await running.runner.waitFor(position, DEADLINE_MS)).toBe(true);
    expect(await saidIn(db, hanoi)).toEqual(upTo(6_000));
  });

  test('hands over to another instance when its session dies, and both know what is applied', async ({
    database,
    db,
  }) => {
    const hanoi = newConversation();
    await using one = started(database, 'one');
    await until(() => one.runner.status().state === 'active');
    await using two = started(database, 'two');
    await until(() => two.runner.status().state === 'standby');
    for (let round = 0; round < 3; round += 1) {
      const position = await say(nc, hanoi, { texts: messages(300), afterSeq: round * 300 });
      expect(await one.runner.waitFor(position, DEADLINE_MS)).toBe(true);
      expect(await two.runner.waitFor(position, DEADLINE_MS)).toBe(true);
      await killSessions(database, 'one');
    }
    expect(await saidIn(db, hanoi)).toEqual(upTo(900));
    await until(() => [one, two].filter(({ runner }) => runner.status().state === 'active').length === 1);
  });

  test('two that both believe to be alone do not double anything', async ({ database, db }) => {
    const hanoi = newConversation();
    await using one = started(database, 'one');
    await until(() => one.runner.status().state === 'active');
    // The lock is named by the first schema of the path: this one holds a lock as well, though not the same.
    const elsewhere = `${database.schema}_elsewhere`;
    await sql`create schema ${sql.id(elsewhere)}`.execute(db);
    await using two = started({ ...database, schema: `${elsewhere},${database.schema}` }, 'two');
    const position = await say(nc, hanoi, { texts: messages(3_000) });
    expect(await one.runner.waitFor(position, DEADLINE_MS)).toBe(true);
    expect(await two.runner.waitFor(position, DEADLINE_MS)).toBe(true);
    expect(await saidIn(db, hanoi)).toEqual(upTo(3_000));
    expect([...one.lines, ...two.lines].join()).toContain('moved by somebody else');
    await two.runner.stop();
    await sql`drop schema ${sql.id(elsewhere)}`.execute(db);
  });

  test('parks what no table takes and goes on with the rest', async ({ database, db }) => {
    const hanoi = newConversation();
    const texts = ['chào', POISON, 'em', 'khỏe không?'];
    await using running = started(database);
    const said = await say(nc, hanoi, { texts });
    const position = await append(nc, subjectOf(hanoi, 'm'), '{"type":"message.sent"');
    expect(await running.runner.waitFor(position, DEADLINE_MS)).toBe(true);
    expect(await saidIn(db, hanoi)).toEqual([1, 3, 4]);
    const parked = await listParkedEvents(db, 'tally', 1_000);
    expect(parked.filter(({ aggregateId }) => aggregateId === hanoi)).toMatchObject([
      { position: said - 2, eventType: 'message.sent', error: expect.stringContaining('said_text_check') },
    ]);
    expect(parked.filter((event) => event.position === position)).toMatchObject([
      { eventType: 'unreadable' },
    ]);
  });

  test('waits out a database that is away, and parks nothing for it', async ({ database, db }) => {
    const hanoi = newConversation();
    await using running = started(database);
    await until(() => running.runner.status().state === 'active');
    await sql`alter table said rename to hidden`.execute(db);
    const position = await say(nc, hanoi, { texts: messages(5) });
    await until(() => running.runner.status().state === 'retrying');
    expect(await running.runner.waitFor(position, 300)).toBe(false);
    await sql`alter table hidden rename to said`.execute(db);
    expect(await running.runner.waitFor(position, DEADLINE_MS)).toBe(true);
    expect(await saidIn(db, hanoi)).toEqual(upTo(5));
    const parked = await listParkedEvents(db, 'tally', 1_000);
    expect(parked.filter(({ aggregateId }) => aggregateId === hanoi)).toEqual([]);
  });

  test('passes over lanes that it has no row for', async ({ database }) => {
    const hanoi = newConversation();
    await using running = started(database);
    const position = await append(
      nc,
      subjectOf(hanoi, 'r.pos'),
      JSON.stringify({ type: 'x', aggregateId: hanoi }),
    );
    expect(await running.runner.waitFor(position, DEADLINE_MS)).toBe(true);
  });

  test('says that it is behind when it is, and when a position is not there at all', async ({ database }) => {
    await using running = started(database);
    expect(await running.runner.waitFor(10 ** 12, 200)).toBe(false);
  });

  test('refuses a stream that was made anew, until it is rebuilt', async ({ database, db }) => {
    const position = await say(nc, newConversation(), { texts: messages(1) });
    {
      await using running = started(database);
      await running.runner.waitFor(position, DEADLINE_MS);
    }
    await sql`update checkpoint set stream_created_at = '2020-01-01T00:00:00Z'`.execute(db);
    await using running = started(database);
    await until(() => running.runner.status().state === 'refused');
    expect(running.runner.status().error).toContain('made anew');
    await resetProjection(db, 'tally');
    expect(await running.runner.waitFor(position, DEADLINE_MS)).toBe(true);
  });
});

describe('a rebuild in place', () => {
  test('gives the same tables while messages go on', async ({ database, db }) => {
    const [hanoi, hue] = [newConversation(), newConversation()];
    await using running = started(database);
    const before = await say(nc, hanoi, { texts: messages(1_000) });
    await running.runner.waitFor(before, DEADLINE_MS);
    const first = await hashProjection(db, tally);
    const saying = say(nc, hue, { texts: messages(2_000) });
    expect(await resetProjection(db, 'tally')).toBe(true);
    const position = await saying;
    expect(await running.runner.waitFor(position, DEADLINE_MS)).toBe(true);
    const second = await hashProjection(db, tally);
    expect(second.hashes.get(hanoi)).toBe(first.hashes.get(hanoi));
    expect(await saidIn(db, hue)).toEqual(upTo(2_000));
  });

  test('is noticed by a runner that has nothing to do', async ({ database, db }) => {
    const hanoi = newConversation();
    await using running = started(database);
    const position = await say(nc, hanoi, { texts: messages(3) });
    await running.runner.waitFor(position, DEADLINE_MS);
    await resetProjection(db, 'tally');
    await until(async () => (await saidIn(db, hanoi)).length === 3);
  });

  test('begins by itself when the schema was dropped and migrated again', async ({ database, db }) => {
    const hanoi = newConversation();
    await using running = started(database);
    const position = await say(nc, hanoi, { texts: messages(50) });
    await running.runner.waitFor(position, DEADLINE_MS);
    const first = await hashProjection(db, tally);
    await sql`drop schema ${sql.id(database.schema)} cascade`.execute(db);
    await migrateSchema({ adminUrl: database.url, schema: database.schema, migrations: tallyMigrations });
    await until(async () => (await saidIn(db, hanoi)).length === 50);
    const second = await hashProjection(db, tally);
    expect(second.hashes.get(hanoi)).toBe(first.hashes.get(hanoi));
    expect(await listProjections(db)).toMatchObject([{ name: 'tally', tables: ['said'] }]);
  });
});

function messages(count: number): string[] {
  return upTo(count).map((number) => `message ${number}`);
}

function started(database: TestDatabase<TallyDb>, instance = 'tally-1') {
  const { runner, lines } = tallyRunner(nc, database, { instance });
  return { runner, lines, [Symbol.asyncDispose]: () => runner.stop() };
}

async function killSessions(database: TestDatabase<TallyDb>, instance: string): Promise<number> {
  const { rows } = await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = ${`${instance} tally`} and backend_start is not null
      and query not like '%pg_terminate_backend%'
  `.execute(database.db);
  return rows.length;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error('it did not come to that in time');
    await delay(20);
  }
}
