import {
  type ConversationId,
  type Mention,
  mentionsIn,
  type MessageDeleted,
  type MessageEdited,
  type RecordedEvent,
  type UserId,
} from '@parley/contracts';
import { insertRows, rowsAs } from '@parley/postgres';
import { sql, type Transaction } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/** A message that is gone counts no more. */
export function deleteCounted(
  tx: Transaction<ConversationDb>,
  table: 'conversation_message' | 'conversation_mention',
  events: readonly RecordedEvent<MessageDeleted | MessageEdited>[],
): Promise<unknown> {
  const rows = events.map(({ data }) => ({ conversation_id: data.conversationId, seq: data.messageSeq }));
  return sql`
    delete from ${sql.table(table)} as counted using ${rowsAs(table, rows, 'gone')}
    where counted.conversation_id = gone.conversation_id and counted.seq = gone.seq`.execute(tx);
}

/** An edit calls whom the message calls now, and those no more whom it called before. Only its author edits. */
export async function callAnew(
  tx: Transaction<ConversationDb>,
  events: readonly RecordedEvent<MessageEdited>[],
): Promise<void> {
  await deleteCounted(tx, 'conversation_mention', events);
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
