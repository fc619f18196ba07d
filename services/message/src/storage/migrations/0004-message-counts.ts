import { type Kysely, sql } from 'kysely';

/** Messages counted as they come: counting a long conversation when it is asked about would read all of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table message_count (
      conversation_id text collate "C" not null,
      sender_id text collate "C" not null,
      type text not null,
      count bigint not null,
      primary key (conversation_id, sender_id, type)
    ) with (fillfactor = 70)`.execute(db);
  await sql`
    insert into message_count
    select conversation_id, sender_id, content ->> 'type', count(*) from message
    where content is not null group by 1, 2, 3`.execute(db);
}
