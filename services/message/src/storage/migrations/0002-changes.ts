import { type Kysely, sql } from 'kysely';

/** What is done to messages after they were sent, and a way to find what changed since a number. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table message
      alter column content drop not null,
      add column changed_seq bigint not null default 0,
      add column edited_at timestamptz,
      add column deleted_at timestamptz,
      add column deleted_by text collate "C"`.execute(db);
  await sql`update message set changed_seq = seq`.execute(db);
  await sql`alter table message alter column changed_seq drop default`.execute(db);
  await sql`
    create index message_changed on message (conversation_id, changed_seq) where changed_seq > seq`.execute(
    db,
  );

  // Only of edited messages: the first version is copied here by the first edit.
  await sql`
    create table message_version (
      conversation_id text collate "C" not null,
      message_seq bigint not null,
      version_seq bigint not null,
      content jsonb not null,
      written_at timestamptz not null,
      primary key (conversation_id, message_seq, version_seq)
    )`.execute(db);
}
