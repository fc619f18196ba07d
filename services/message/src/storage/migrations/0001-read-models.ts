import { type Kysely, sql } from 'kysely';

/** Ids are compared byte by byte (collation C): their order is their order in time, whatever the locale. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // In the order of the log, so that a page of history is a few neighbouring index entries and heap pages.
  await sql`
    create table message (
      conversation_id text collate "C" not null,
      seq bigint not null,
      message_id text collate "C" not null,
      sender_id text collate "C" not null,
      client_message_id uuid not null,
      content jsonb not null,
      sent_at timestamptz not null,
      primary key (conversation_id, seq)
    )`.execute(db);
  await sql`create unique index message_by_id on message (message_id)`.execute(db);
  // Not unique: that a send happens once is the log's promise, and a projector must not stop where it was broken.
  await sql`
    create index message_of_send on message (client_message_id, sender_id, conversation_id)`.execute(db);

  await sql`
    create table membership (
      conversation_id text collate "C" not null,
      user_id text collate "C" not null,
      joined_seq bigint not null,
      left_seq bigint,
      primary key (conversation_id, user_id, joined_seq)
    )`.execute(db);
  await sql`
    create unique index membership_now on membership (conversation_id, user_id)
    where left_seq is null`.execute(db);

  // Room on each page lets a position's many updates stay where the row is, without index writes.
  await sql`
    create table read_position (
      conversation_id text collate "C" not null,
      user_id text collate "C" not null,
      up_to_seq bigint not null,
      read_at timestamptz not null,
      primary key (conversation_id, user_id)
    ) with (fillfactor = 70)`.execute(db);
}
