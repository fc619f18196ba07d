import {
  type ConversationId,
  type Mention,
  mentionsIn,
  type MessageDeleted,
  type MessageEdited,
  type MessageSent,
  type RecordedEvent,
  type UserId,
} from '@parley/contracts';
import { insertRows, rowsAs } from '@parley/postgres';
import { sql, type Transaction } from 'kysely';

import { STRETCH_SEQ_COUNT, stretchOf } from '../storage/message-stretch.ts';
import type { ConversationDb } from '../storage/schema.ts';

/** Counts messages, one by one with their senders and together by stretches: whoever reads on needs both. */
export async function insertCounted(
  tx: Transaction<ConversationDb>,
  events: readonly RecordedEvent<MessageSent>[],
): Promise<void> {
  const rows = events.map(({ data, seq, actorId }) => ({
    conversation_id: data.conversationId,
    seq: seq ?? 0,
    sender_id: actorId,
  }));
  await insertRows(tx, 'conversation_message', rows).execute();

  const stretches = Map.groupBy(rows, ({ conversation_id, seq }) => `${conversation_id} ${stretchOf(seq)}`);
  const counts = [...stretches.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            conversation_id: first.conversation_id,
            stretch: stretchOf(first.seq),
            message_count: 1 + others.length,
          },
        ],
  );
  await insertRows(tx, 'conversation_stretch', counts)
    .onConflict((known) =>
      known.columns(['conversation_id', 'stretch']).doUpdateSet({
        message_count: sql<number>`conversation_stretch.message_count + excluded.message_count`,
      }),
    )
    .execute();
}

/** A message that is gone counts no more, and calls nobody. */
export async function deleteCounted(
  tx: Transaction<ConversationDb>,
  events: readonly RecordedEvent<MessageDeleted>[],
): Promise<void> {
  await sql`
    with gone as (
      delete from conversation_message as counted using ${placesOf('conversation_message', events)}
      where counted.conversation_id = changed.conversation_id and counted.seq = changed.seq
      returning counted.conversation_id, counted.seq / ${sql.lit(STRETCH_SEQ_COUNT)} as stretch
    )
    update conversation_stretch as known set message_count = known.message_count - fewer.count
    from (select conversation_id, stretch, count(*) from gone group by conversation_id, stretch) as fewer
    where known.conversation_id = fewer.conversation_id and known.stretch = fewer.stretch`.execute(tx);
  await deleteMentions(tx, events);
}

function deleteMentions(
  tx: Transaction<ConversationDb>,
  events: readonly RecordedEvent<MessageDeleted | MessageEdited>[],
): Promise<unknown> {
  return sql`
    delete from conversation_mention as calling using ${placesOf('conversation_mention', events)}
    where calling.conversation_id = changed.conversation_id and calling.seq = changed.seq`.execute(tx);
}

function placesOf(
  table: 'conversation_message' | 'conversation_mention',
  events: readonly RecordedEvent<MessageDeleted | MessageEdited>[],
) {
  const rows = events.map(({ data }) => ({ conversation_id: data.conversationId, seq: data.messageSeq }));
  return rowsAs(table, rows, 'changed');
}

/** An edit calls whom the message calls now, and those no more whom it called before. Only its author edits. */
export async function callAnew(
  tx: Transaction<ConversationDb>,
  events: readonly RecordedEvent<MessageEdited>[],
): Promise<void> {
  await deleteMentions(tx, events);
  const latest = new Map(events.map((event) => [event.data.messageId, event]));
  await insertMentions(
    tx,
    [...latest.values()].map(({ data, actorId }) => ({
      conversation_id: data.conversationId,
      seq: data.messageSeq,
      sender_id: actorId,
      mentions: mentionsIn(data.content),
    })),
  );
}

interface Calling {
  readonly conversation_id: ConversationId;
  readonly seq: number;
  readonly sender_id: UserId;
  readonly mentions: readonly Mention[];
}

/** Somebody who is called with all the others is called once. */
export async function insertMentions(
  tx: Transaction<ConversationDb>,
  messages: readonly Calling[],
): Promise<void> {
  const rows = messages.flatMap(({ mentions, ...message }) =>
    (mentions.includes('all') ? (['all'] as const) : mentions).map((mentioned) => ({
      ...message,
      mentioned,
    })),
  );
  if (rows.length > 0) await insertRows(tx, 'conversation_mention', rows).execute();
}
