import { type Kysely, sql } from 'kysely';

/** Ids are compared byte by byte (collation C): their order is their order in time, whatever the locale. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table file (
      file_id text collate "C" primary key,
      owner_id text collate "C" not null,
      name text not null,
      size_bytes bigint not null,
      media_type text not null,
      width integer,
      height integer,
      duration_ms bigint,
      registered_at timestamptz not null,
      message_id text collate "C"
    )`.execute(db);
}
