import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table hidden_message (
      user_id text collate "C" not null,
      conversation_id text collate "C" not null,
      seq bigint not null,
      primary key (user_id, conversation_id, seq)
    )`.execute(db);
}
