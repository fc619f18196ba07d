import { type Kysely, sql } from 'kysely';

/** Ids and user names are compared byte by byte (collation C), whatever the locale of the database. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table credential (
      tenant text collate "C" not null,
      username text collate "C" not null,
      user_id text collate "C" not null,
      display_name text not null,
      password_hash text not null,
      created_at timestamptz not null default now(),
      primary key (tenant, username),
      unique (tenant, user_id)
    )`.execute(db);

  await sql`
    create table session (
      tenant text collate "C" not null,
      session_id text collate "C" not null,
      user_id text collate "C" not null,
      device_id text collate "C" not null,
      family_hash text not null,
      secret_hash text not null,
      expires_at timestamptz not null,
      revoked boolean not null default false,
      primary key (tenant, session_id)
    ) with (fillfactor = 70)`.execute(db);
  await sql`create index session_of on session (tenant, user_id, expires_at)`.execute(db);

  await sql`
    create table person (
      tenant text collate "C" not null,
      user_id text collate "C" not null,
      username text collate "C" not null,
      display_name text not null,
      display_name_folded text collate "C" not null,
      primary key (tenant, user_id)
    )`.execute(db);
  // Collation C lets these serve "starts with" as well as the order of the list.
  await sql`create unique index person_by_username on person (tenant, username)`.execute(db);
  await sql`create index person_by_name on person (tenant, display_name_folded)`.execute(db);

  await sql`
    create table device (
      tenant text collate "C" not null,
      session_id text collate "C" not null,
      user_id text collate "C" not null,
      device_id text collate "C" not null,
      name text not null,
      platform text not null,
      version text,
      signed_in_at timestamptz not null,
      primary key (tenant, session_id)
    )`.execute(db);
  await sql`create index device_of on device (tenant, user_id, signed_in_at, session_id)`.execute(db);
}
