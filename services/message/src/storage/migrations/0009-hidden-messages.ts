import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table hidden_message (
      user_id text collate "C" not null,
      conversation_id text collate "C" not null,
      message_seq bigint not null,
      message_id text collate "C" not null,
      position bigint not null,
      primary key (user_id, conversation_id, message_seq)
    )`.execute(db);
  await sql`create index hidden_message_since on hidden_message (user_id, position)`.execute(db);
}
