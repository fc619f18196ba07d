import { setTimeout as delay } from 'node:timers/promises';

import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { applyTopology, connectNats } from '@parley/jetstream';
import { type Infra, startInfra } from '@parley/local';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  newConversation,
  say,
  saidIn,
  type TallyDb,
  tallyMigrations,
  tallyRunner,
  upTo,
} from '../test/tally.ts';
import { connectPostgres, migrateSchema } from './index.ts';

const DEADLINE_MS = 20_000;
const SCHEMA = 'tally';
let infra: Infra;
let nc: NatsConnection;
let db: Kysely<TallyDb>;

// Servers of its own: these tests kill them.
beforeAll(async () => {
  infra = await startInfra();
  nc = await connectNats({ url: infra.nats.url('admin'), name: 'outages' });
  await applyTopology(nc);
  const url = infra.postgres.url('admin');
  await migrateSchema({ adminUrl: url, schema: SCHEMA, migrations: tallyMigrations });
  db = connectPostgres<TallyDb>({ url, name: 'outages', schema: SCHEMA, poolSize: 2 });
});

afterAll(async () => {
  await nc.close();
  await db.destroy();
  await infra.stop();
});

describe('a projection runner outlives', () => {
  test('a Postgres that is killed in the middle of a batch', async () => {
    const hanoi = newConversation();
    await using running = started();
    const saying = say(nc, hanoi, { texts: messages(4_000) });
    await delay(200);
    await infra.postgres.kill();
    await delay(300);
    await infra.postgres.start();
    const position = await saying;
    await caughtUp(running, position);
    expect(await saidIn(db, hanoi)).toEqual(upTo(4_000));
  });

  test('a NATS that is killed and comes back', async () => {
    const hanoi = newConversation();
    await using running = started();
    const first = await say(nc, hanoi, { texts: messages(500) });
    await caughtUp(running, first);
    await infra.nats.kill();
    await delay(300);
    await infra.nats.start();
    await until(
      async () =>
        !nc.isClosed() &&
        (await nc.flush().then(
          () => true,
          () => false,
        )),
    );
    const second = await say(nc, hanoi, { texts: messages(500), afterSeq: 500 });
    await caughtUp(running, second);
    expect(await saidIn(db, hanoi)).toEqual(upTo(1_000));
  });

  test('a stream that was made anew: it says so and writes nothing', async () => {
    const hanoi = newConversation();
    await using running = started();
    await caughtUp(running, await say(nc, hanoi, { texts: messages(1) }));
    const manager = await jetstreamManager(nc);
    await manager.streams.delete('EVT_CONV');
    await applyTopology(nc);
    const hue = newConversation();
    await say(nc, hue, { texts: messages(3) });
    await until(() => running.runner.status().state === 'refused');
    expect(running.runner.status().error).toContain('made anew');
    expect(await saidIn(db, hue)).toEqual([]);
  });
});

function started() {
  const database = { db, url: infra.postgres.url('admin'), schema: SCHEMA, drop: async () => undefined };
  const { runner } = tallyRunner(nc, database);
  return { runner, [Symbol.asyncDispose]: () => runner.stop() };
}

async function caughtUp({ runner }: ReturnType<typeof started>, position: number): Promise<void> {
  // Postgres may be away: a wait fails then, as it should.
  await until(() => runner.waitFor(position, 100).catch(() => false));
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error('it did not come to that in time');
    await delay(20);
  }
}

function messages(count: number): string[] {
  return upTo(count).map((number) => `message ${number}`);
}
