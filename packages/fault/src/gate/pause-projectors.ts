import { setTimeout as delay } from 'node:timers/promises';

import type { Infra } from '@parley/local';
import { connectPostgres } from '@parley/postgres';
import { sql } from 'kysely';

/** What the projectors of the timeline and of the lists write with whatever happens in a conversation. */
const WRITTEN_TABLES = ['message.message', 'conversation.conversation'];
/** A projector that holds a row lets go of it with its batch. */
const LOCK_MS_MAX = 10_000;

/**
 * Keeps the projectors from writing for a while, as a slow database would. Reads go on, and show what was there before;
 * so does everything on the way of a send.
 */
export async function pauseProjectors(
  infra: Infra,
  durationMs: number,
  onPaused: (isOn: boolean) => void = () => undefined,
): Promise<void> {
  // A transaction each: two locks in one would wait for a projector that waits for the other.
  const waited = Promise.withResolvers<void>();
  const holding = WRITTEN_TABLES.map((table) => holdTable(infra, table, waited.promise));
  try {
    await Promise.all(holding.map(({ held }) => held));
    onPaused(true);
    await delay(durationMs);
  } finally {
    waited.resolve();
    await Promise.all(holding.map(({ done }) => done));
    onPaused(false);
  }
}

/** `held` once nothing writes to the table any more, `done` once it is free again. */
function holdTable(infra: Infra, table: string, until: Promise<void>) {
  const held = Promise.withResolvers<void>();
  const hold = async () => {
    const url = infra.postgres.url('admin');
    const db = connectPostgres<unknown>({ url, name: 'fault gate', poolSize: 1 });
    try {
      await db.transaction().execute(async (tx) => {
        await sql`set local lock_timeout = ${sql.lit(LOCK_MS_MAX)}`.execute(tx);
        await sql`lock table ${sql.table(table)} in exclusive mode`.execute(tx);
        held.resolve();
        await until;
      });
    } finally {
      await db.destroy();
    }
  };
  const done = hold();
  done.catch(held.reject);
  return { held: held.promise, done };
}
