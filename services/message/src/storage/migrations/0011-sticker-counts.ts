import { type Kysely, sql } from 'kysely';

/** How often each sticker is used; and whom edited messages call now, which used to stay as it was sent. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sticker_count (
      sticker_id text collate "C" primary key,
      count bigint not null
    ) with (fillfactor = 70)`.execute(db);
  await sql`
    insert into sticker_count
    select content ->> 'stickerId', count(*) from message where content ->> 'type' = 'sticker' group by 1`.execute(
    db,
  );
  await sql`
    update message set mentions = (
      select coalesce(jsonb_agg(called.who order by called.place), '[]')
      from (
        select coalesce(entity.value -> 'userId', '"all"') as who, min(entity.place) as place
        from jsonb_array_elements(message.content -> 'entities') with ordinality as entity(value, place)
        where entity.value ->> 'type' = 'mention' group by 1
      ) as called
    )
    where edited_at is not null`.execute(db);
}
