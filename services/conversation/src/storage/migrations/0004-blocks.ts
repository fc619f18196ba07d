import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table block (
      conversation_id text collate "C" not null,
      blocker_id text collate "C" not null,
      blocked_id text collate "C" not null,
      blocked_at timestamptz not null,
      primary key (blocker_id, blocked_id)
    )`.execute(db);
  await sql`create index block_of_conversation on block (conversation_id, blocker_id)`.execute(db);
}
