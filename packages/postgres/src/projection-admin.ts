import { type Kysely, sql } from 'kysely';

import { kit } from './checkpoint.ts';

const LOCK_TIMEOUT_MS = 10_000;

export interface ProjectionRecord {
  readonly name: string;
  readonly log: string;
  readonly tables: readonly string[];
  readonly position: number;
  readonly streamCreatedAt: string | undefined;
  readonly parkedCount: number;
}

export interface ParkedEvent {
  readonly position: number;
  readonly eventType: string;
  readonly aggregateId: string;
  readonly error: string;
  readonly parkedAt: string;
}

/** Every projection that ever began in this schema. */
export async function listProjections<Db>(db: Kysely<Db>): Promise<readonly ProjectionRecord[]> {
  const rows = await kit(db)
    .selectFrom('checkpoint')
    .select((table) => [
      'projection',
      'log',
      'tables',
      'position',
      'stream_created_at',
      table
        .selectFrom('parked_event')
        .whereRef('parked_event.projection', '=', 'checkpoint.projection')
        .select((parked) => parked.fn.countAll<number>().as('count'))
        .as('parked_count'),
    ])
    .orderBy('projection')
    .execute();
  return rows.map((row) => ({
    name: row.projection,
    log: row.log,
    tables: row.tables,
    position: row.position,
    streamCreatedAt: row.stream_created_at ?? undefined,
    parkedCount: row.parked_count ?? 0,
  }));
}

/** What a projection could not take, oldest first. */
export async function listParkedEvents<Db>(
  db: Kysely<Db>,
  projection: string,
  limit: number,
): Promise<readonly ParkedEvent[]> {
  return kit(db)
    .selectFrom('parked_event')
    .select([
      'position',
      'event_type as eventType',
      'aggregate_id as aggregateId',
      'error',
      sql<string>`to_char(parked_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`.as('parkedAt'),
    ])
    .where('projection', '=', projection)
    .orderBy('position')
    .limit(limit)
    .execute();
}

/**
 * Empties a projection's tables and sends it back to the start of its log, in one transaction between two batches.
 * A runner at work notices by its fence and begins again; so does one that refuses a stream that was made anew.
 */
export async function resetProjection<Db>(db: Kysely<Db>, projection: string): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await sql`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true)`.execute(tx);
    // The checkpoint first, as a runner's batch does: who comes second waits here and holds nothing meanwhile.
    const row = await kit(tx)
      .selectFrom('checkpoint')
      .select('tables')
      .where('projection', '=', projection)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return false;
    if (row.tables.length > 0) {
      await sql`truncate ${sql.join(row.tables.map((table) => sql.table(table)))}`.execute(tx);
    }
    await kit(tx).deleteFrom('parked_event').where('projection', '=', projection).execute();
    await kit(tx)
      .updateTable('checkpoint')
      .set({ position: 0, stream_created_at: null })
      .where('projection', '=', projection)
      .execute();
    return true;
  });
}
