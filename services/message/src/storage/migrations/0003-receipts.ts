import { type Kysely, sql } from 'kysely';

/**
 * Who first came how far, and when, instead of only how far they are now: what the time of a receipt is read from.
 * The projection that fills it is a new one, so it reads the log from its start.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop table read_position`.execute(db);
  await sql`
    create table receipt (
      conversation_id text collate "C" not null,
      user_id text collate "C" not null,
      kind text collate "C" not null,
      up_to_seq bigint not null,
      at timestamptz not null,
      primary key (conversation_id, user_id, kind, up_to_seq)
    )`.execute(db);
}
