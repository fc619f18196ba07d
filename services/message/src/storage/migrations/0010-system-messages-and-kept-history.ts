import { type Kysely, sql } from 'kysely';

/**
 * The lines that tell of what became of a conversation, and what people may read who have gone. Both follow from
 * events that were passed over before, so the two projections read the log from its start again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table membership
      add column left_at timestamptz,
      add column left_how text collate "C"`.execute(db);
  await sql`
    create table history_rule (
      conversation_id text collate "C" primary key,
      keep_history boolean,
      keep_history_of_removed boolean
    )`.execute(db);

  // Stays that have ended count as well: the latest one in each conversation says what may be read there.
  await sql`drop index membership_of_person`.execute(db);
  await sql`
    create index membership_of_person on membership (user_id, conversation_id, joined_seq)`.execute(db);

  // The rows of every conversation are written anew.
  await sql`truncate message, message_version, message_count, attachment, reaction, pin, membership`.execute(
    db,
  );
  await sql`truncate search_entry`.execute(db);
  await sql`alter table search_entry add column worded_seq bigint not null`.execute(db);
  await sql`
    update checkpoint set position = 0, stream_created_at = null
    where projection in ('timeline', 'search-index')`.execute(db);
  await sql`delete from parked_event where projection in ('timeline', 'search-index')`.execute(db);
}
