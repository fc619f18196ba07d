import { type Kysely, sql } from 'kysely';

/** What a message answers, where it was said first, whom it calls, and which files it shows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table message
      add column reply_to jsonb,
      add column forwarded_from jsonb,
      add column mentions jsonb not null default '[]'`.execute(db);
  // Finds the quotes of a message, to take its words out of them when it is deleted.
  await sql`
    create index message_reply on message (conversation_id, (reply_to ->> 'messageId'))
    where reply_to is not null`.execute(db);

  await sql`
    create table attachment (
      file_id text collate "C" not null,
      conversation_id text collate "C" not null,
      message_seq bigint not null,
      primary key (file_id, conversation_id, message_seq)
    )`.execute(db);
}
