import { type Kysely, sql } from 'kysely';

/**
 * Keys are gathered and merged into the index some fifty messages at a time: one by one, each of a message's sixty
 * keys is looked up on its own, which is most of the work of a projector. The list is as short as Postgres takes, in
 * kB, because each look into the index reads it, and a planner that sees a long one would rather read the table.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter index search_entry_by_key set (fastupdate = on, gin_pending_list_limit = 64)`.execute(db);
  // Says where the log of messages begins and ends, for whoever is in too many conversations to ask each.
  await sql`create index search_entry_in_order on search_entry (position)`.execute(db);
}
