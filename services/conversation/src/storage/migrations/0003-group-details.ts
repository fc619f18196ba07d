import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table conversation
      add column avatar_file_id text collate "C",
      add column settings jsonb not null default '{}'`.execute(db);
}
