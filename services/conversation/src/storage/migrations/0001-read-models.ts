import { type Kysely, sql } from 'kysely';

/** Ids are compared byte by byte (collation C): their order is their order in time, whatever the locale. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table person (
      user_id text collate "C" primary key,
      username text not null,
      display_name text not null
    )`.execute(db);

  // Room on each page lets a row's many small updates stay where the row is, without index writes.
  await sql`
    create table member (
      conversation_id text collate "C" not null,
      user_id text collate "C" not null,
      role text not null,
      joined_at timestamptz not null,
      joined_seq bigint not null,
      read_up_to_seq bigint not null default 0,
      primary key (conversation_id, user_id)
    ) with (fillfactor = 70)`.execute(db);
  await sql`create index member_in_order on member (conversation_id, joined_seq, user_id)`.execute(db);
  await sql`create index member_of on member (user_id, conversation_id) include (joined_seq)`.execute(db);

  await sql`
    create table conversation (
      conversation_id text collate "C" primary key,
      kind text not null,
      name text,
      description text,
      created_at timestamptz not null,
      created_by text collate "C" not null,
      last_seq bigint not null,
      last_activity_at timestamptz not null,
      last_message jsonb
    ) with (fillfactor = 70)`.execute(db);

  // The sender is in the key's own index, so that counting unread messages reads nothing else. That needs pages
  // known to be visible to all, which is vacuum's to say: often, because the newest messages are the unread ones.
  await sql`
    create table conversation_message (
      conversation_id text collate "C" not null,
      seq bigint not null,
      sender_id text collate "C" not null,
      primary key (conversation_id, seq) include (sender_id)
    ) with (autovacuum_vacuum_insert_scale_factor = 0.02)`.execute(db);
}
