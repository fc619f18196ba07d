import { type Kysely, sql } from 'kysely';

/** What each person keeps of a conversation for themselves, and what finding and counting needs beside it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table own_view (
      user_id text collate "C" not null,
      conversation_id text collate "C" not null,
      archived boolean not null default false,
      muted_until timestamptz,
      pinned_at timestamptz,
      marked_at_position bigint,
      draft jsonb,
      draft_seq bigint,
      version bigint not null,
      primary key (user_id, conversation_id)
    ) with (fillfactor = 70)`.execute(db);

  // A person's id, or "all". The sender is in the key's own index, so that counting reads nothing else.
  await sql`
    create table conversation_mention (
      conversation_id text collate "C" not null,
      mentioned text collate "C" not null,
      seq bigint not null,
      sender_id text collate "C" not null,
      primary key (conversation_id, mentioned, seq) include (sender_id)
    )`.execute(db);
  await sql`create index mention_of_message on conversation_mention (conversation_id, seq)`.execute(db);

  // These columns come from the log, so the tables are filled from it once more.
  for (const [projection, tables] of [
    ['member-list', sql`member`],
    ['conversation-list', sql`conversation, conversation_message, conversation_mention`],
    ['people', sql`person`],
  ] as const) {
    await sql`truncate ${tables}`.execute(db);
    await sql`
      update checkpoint set position = 0, stream_created_at = null
      where projection = ${projection}`.execute(db);
  }
  await sql`alter table member add column read_position bigint not null default 0`.execute(db);
  await sql`alter table conversation add column name_folded text`.execute(db);
  await sql`alter table person add column name_folded text not null`.execute(db);
}
