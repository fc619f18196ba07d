import { type Kysely, sql } from 'kysely';

/** Finds where in the log a time lies, for searches between two times. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index search_entry_by_time on search_entry (sent_at)`.execute(db);
}
