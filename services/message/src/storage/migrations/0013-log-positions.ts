import { type Kysely, sql } from 'kysely';

/**
 * Where in the log each thing stands, so that what a device missed since a position can be found: a token holds one
 * position for all conversations, and not a number of each. The positions come from the log, so the projections that
 * write them read it from its start again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    truncate message, message_version, message_count, sticker_count, attachment, reaction, pin, membership,
      history_rule, receipt`.execute(db);
  await sql`
    alter table message
      add column position bigint not null,
      add column changed_position bigint not null`.execute(db);
  await sql`create index message_by_position on message (conversation_id, position)`.execute(db);
  await sql`
    create index message_changed_since on message (conversation_id, changed_position)
    where changed_position > position`.execute(db);

  await sql`alter table membership add column joined_position bigint not null, add column left_position bigint`.execute(
    db,
  );
  await sql`
    create index membership_ended on membership (user_id, left_position) where left_position is not null`.execute(
    db,
  );

  await sql`alter table receipt add column position bigint not null`.execute(db);
  await sql`create index receipt_since on receipt (conversation_id, position)`.execute(db);

  await sql`
    update checkpoint set position = 0, stream_created_at = null
    where projection in ('timeline', 'receipts')`.execute(db);
  await sql`delete from parked_event where projection in ('timeline', 'receipts')`.execute(db);
}
