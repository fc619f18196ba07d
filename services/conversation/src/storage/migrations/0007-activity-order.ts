import { type Kysely, sql } from 'kysely';

/** A person's conversations in the order of their list, so that a page of it reads a page and no more. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // What is new in these tables comes from the log, so they are filled from it once more.
  for (const [projection, tables] of [
    ['member-list', sql`member`],
    ['conversation-list', sql`conversation, conversation_message, conversation_mention`],
  ] as const) {
    await sql`truncate ${tables}`.execute(db);
    await sql`
      update checkpoint set position = 0, stream_created_at = null
      where projection = ${projection}`.execute(db);
  }
  await sql`alter table member add column active_minute integer not null`.execute(db);
  await sql`create index member_by_activity on member (user_id, active_minute desc, conversation_id)`.execute(
    db,
  );
  await sql`create index own_view_pinned on own_view (user_id) where pinned_at is not null`.execute(db);
}
