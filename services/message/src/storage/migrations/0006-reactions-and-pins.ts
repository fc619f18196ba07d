import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table reaction (
      conversation_id text collate "C" not null,
      message_seq bigint not null,
      emoji text collate "C" not null,
      user_id text collate "C" not null,
      reacted_seq bigint not null,
      primary key (conversation_id, message_seq, emoji, user_id)
    )`.execute(db);
  await sql`
    create table pin (
      conversation_id text collate "C" not null,
      message_seq bigint not null,
      pinned_seq bigint not null,
      pinned_by text collate "C" not null,
      pinned_at timestamptz not null,
      primary key (conversation_id, message_seq)
    )`.execute(db);
}
