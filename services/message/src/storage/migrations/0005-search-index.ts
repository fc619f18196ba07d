import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // By position, so that a page, newest first over many conversations, has one order without ties.
  await sql`
    create table search_entry (
      conversation_id text collate "C" not null,
      position bigint not null,
      seq bigint not null,
      sender_id text collate "C" not null,
      sent_at timestamptz not null,
      type text collate "C" not null,
      has_attachment boolean not null,
      mentions text[] not null,
      folded text collate "C" not null,
      accented text collate "C",
      keys int[] not null,
      primary key (conversation_id, position)
    )`.execute(db);
  await sql`create unique index search_entry_by_seq on search_entry (conversation_id, seq)`.execute(db);
  // Without a pending list: a search looks into the index once per segment, and each look would read all of it.
  await sql`
    create index search_entry_by_key on search_entry using gin (keys) with (fastupdate = off)`.execute(db);
  await sql`
    create index membership_of_person on membership (user_id, conversation_id) where left_seq is null`.execute(
    db,
  );
}
