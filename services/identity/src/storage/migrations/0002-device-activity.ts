import { type Kysely, sql } from 'kysely';

/** What a device is, when it was last active, and where it is reached while it has no socket. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table device add column type text not null default 'other'`.execute(db);
  await sql`
    alter table session
      add column last_active_at timestamptz,
      add column push jsonb,
      add column push_hash text collate "C"`.execute(db);
  // An address belongs to one session: whoever signs in on the same phone next takes it over.
  await sql`create unique index session_of_push on session (tenant, push_hash) where push_hash is not null`.execute(
    db,
  );
}
