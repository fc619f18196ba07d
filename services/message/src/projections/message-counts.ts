import type { MessageDeleted, MessageSent, RecordedEvent, StickerId } from '@parley/contracts';
import { insertRows, rowsAs } from '@parley/postgres';
import { sql, type Transaction } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';

type CountRow = {
  -readonly [Column in keyof MessageDb['message_count']]: MessageDb['message_count'][Column];
};

/** Counts messages that were sent: one row per conversation, sender and type is touched, however many they are. */
export async function countSent(
  tx: Transaction<MessageDb>,
  events: readonly RecordedEvent<MessageSent>[],
): Promise<void> {
  const rows = new Map<string, CountRow>();
  for (const { data, actorId } of events) {
    const { conversationId, content } = data;
    const key = `${conversationId} ${actorId} ${content.type}`;
    const row = rows.get(key) ?? {
      conversation_id: conversationId,
      sender_id: actorId,
      type: content.type,
      count: 0,
    };
    row.count += 1;
    rows.set(key, row);
  }
  await insertRows(tx, 'message_count', [...rows.values()])
    .onConflict((known) =>
      known
        .columns(['conversation_id', 'sender_id', 'type'])
        .doUpdateSet({ count: sql<number>`message_count.count + excluded.count` }),
    )
    .execute();
  await countStickers(tx, events);
}

/** Of everybody together, so that what is used most can be offered first; it says nothing of who uses it. */
async function countStickers(
  tx: Transaction<MessageDb>,
  events: readonly RecordedEvent<MessageSent>[],
): Promise<void> {
  const counts = new Map<StickerId, number>();
  for (const { content } of events.map(({ data }) => data)) {
    if (content.type === 'sticker') counts.set(content.stickerId, (counts.get(content.stickerId) ?? 0) + 1);
  }
  if (counts.size === 0) return;
  const rows = Array.from(counts, ([sticker_id, count]) => ({ sticker_id, count }));
  await insertRows(tx, 'sticker_count', rows)
    .onConflict((known) =>
      known.column('sticker_id').doUpdateSet({ count: sql<number>`sticker_count.count + excluded.count` }),
    )
    .execute();
}

/** Before their content goes: it says as what they were counted. */
export async function uncountDeleted(
  tx: Transaction<MessageDb>,
  events: readonly RecordedEvent<MessageDeleted>[],
): Promise<void> {
  const rows = events.map(({ data }) => ({ conversation_id: data.conversationId, seq: data.messageSeq }));
  await sql`
    update message_count set count = message_count.count - gone.count
    from (
      select message.conversation_id, message.sender_id, message.content ->> 'type' as type, count(*)
      from message join ${rowsAs('message', rows, 'deleted')}
        on deleted.conversation_id = message.conversation_id and deleted.seq = message.seq
      where message.content is not null
      group by 1, 2, 3
    ) as gone
    where message_count.conversation_id = gone.conversation_id
      and message_count.sender_id = gone.sender_id and message_count.type = gone.type`.execute(tx);
  await sql`
    update sticker_count set count = sticker_count.count - gone.count
    from (
      select message.content ->> 'stickerId' as sticker_id, count(*)
      from message join ${rowsAs('message', rows, 'deleted')}
        on deleted.conversation_id = message.conversation_id and deleted.seq = message.seq
      where message.content ->> 'type' = 'sticker'
      group by 1
    ) as gone
    where sticker_count.sticker_id = gone.sticker_id`.execute(tx);
}
