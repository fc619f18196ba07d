import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table invite (
      invite_id text collate "C" primary key,
      conversation_id text collate "C" not null,
      code_hash text collate "C" not null,
      created_by text collate "C" not null,
      created_at timestamptz not null,
      expires_at timestamptz,
      use_count_max integer,
      use_count integer not null default 0,
      revoked_at timestamptz
    )`.execute(db);
  await sql`create index invite_of_code on invite (code_hash)`.execute(db);
  await sql`create index invite_in_order on invite (conversation_id, created_at, invite_id)`.execute(db);
}
