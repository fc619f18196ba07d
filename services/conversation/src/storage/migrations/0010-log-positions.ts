import { type Kysely, sql } from 'kysely';

/** Where in the log a conversation's last change stands: what a device missed is asked for by a position. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`truncate conversation, conversation_message, conversation_mention`.execute(db);
  await sql`alter table conversation add column last_position bigint not null`.execute(db);
  await sql`
    update checkpoint set position = 0, stream_created_at = null
    where projection = 'conversation-list'`.execute(db);
  await sql`delete from parked_event where projection = 'conversation-list'`.execute(db);
}
