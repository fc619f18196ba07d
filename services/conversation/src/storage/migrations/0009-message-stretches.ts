import { type Kysely, sql } from 'kysely';

/** How many messages lie in each stretch of a conversation, so that counting very many reads few rows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table conversation_stretch (
      conversation_id text collate "C" not null,
      stretch bigint not null,
      message_count integer not null,
      primary key (conversation_id, stretch)
    ) with (fillfactor = 70)`.execute(db);
  await sql`
    insert into conversation_stretch
    select conversation_id, seq / 256, count(*) from conversation_message group by 1, 2`.execute(db);
}
