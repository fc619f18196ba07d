import { mentionsIn, type MessageDeleted, type MessageEdited, type RecordedEvent } from '@parley/contracts';
import { insertRows, rowsAs } from '@parley/postgres';
import { type Transaction, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';

type Edited = RecordedEvent<MessageEdited>;
type Deleted = RecordedEvent<MessageDeleted>;

/** Keeps what edited messages said before, their first words too, and has them say what they say now. */
export async function writeVersions(tx: Transaction<MessageDb>, events: readonly Edited[]): Promise<void> {
  const versions = events.map(({ data, seq, at }) => ({
    conversation_id: data.conversationId,
    message_seq: data.messageSeq,
    version_seq: seq ?? 0,
    content: data.content,
    written_at: at,
  }));
  const latest = lastOfEachMessage(events).map(({ data, seq, at, position }) => ({
    conversation_id: data.conversationId,
    seq: data.messageSeq,
    content: data.content,
    mentions: mentionsIn(data.content),
    edited_at: at,
    changed_seq: seq ?? 0,
    changed_position: position,
  }));
  await sql`
    insert into message_version (conversation_id, message_seq, version_seq, content, written_at)
    select message.conversation_id, message.seq, message.seq, message.content, message.sent_at
    from ${rowsAs('message', latest, 'edited')}
    join message on message.conversation_id = edited.conversation_id and message.seq = edited.seq
    where message.edited_at is null`.execute(tx);
  await insertRows(tx, 'message_version', versions).execute();
  await tx
    .updateTable('message')
    .from(rowsAs('message', latest, 'edited'))
    .set((row) => ({
      content: row.ref('edited.content'),
      mentions: row.ref('edited.mentions'),
      edited_at: row.ref('edited.edited_at'),
      changed_seq: row.ref('edited.changed_seq'),
      changed_position: row.ref('edited.changed_position'),
    }))
    .whereRef('message.conversation_id', '=', 'edited.conversation_id')
    .whereRef('message.seq', '=', 'edited.seq')
    .execute();
}

/** Leaves nothing of deleted messages but their places. */
export async function leaveTombstones(tx: Transaction<MessageDb>, events: readonly Deleted[]): Promise<void> {
  const gone = events.map(({ data, seq, actorId, at, position }) => ({
    conversation_id: data.conversationId,
    seq: data.messageSeq,
    deleted_at: at,
    deleted_by: actorId,
    changed_seq: seq ?? 0,
    changed_position: position,
  }));
  await tx
    .updateTable('message')
    .from(rowsAs('message', gone, 'gone'))
    .set((row) => ({
      content: null,
      // That it was an answer stays, so that it keeps its place in the thread.
      reply_to: sql`jsonb_set(message.reply_to, '{preview}', 'null')`,
      forwarded_from: null,
      mentions: sql`'[]'::jsonb`,
      edited_at: null,
      deleted_at: row.ref('gone.deleted_at'),
      deleted_by: row.ref('gone.deleted_by'),
      changed_seq: row.ref('gone.changed_seq'),
      changed_position: row.ref('gone.changed_position'),
    }))
    .whereRef('message.conversation_id', '=', 'gone.conversation_id')
    .whereRef('message.seq', '=', 'gone.seq')
    .execute();
  for (const table of ['message_version', 'attachment', 'reaction', 'pin'] as const) {
    await sql`
      delete from ${sql.table(table)} as about using ${rowsAs('message', gone, 'gone')}
      where about.conversation_id = gone.conversation_id and about.message_seq = gone.seq`.execute(tx);
  }
  // Its words are gone from where others have quoted them, too.
  const deleted = events.map(({ data }) => ({
    conversation_id: data.conversationId,
    message_id: data.messageId,
  }));
  await tx
    .updateTable('message')
    .from(rowsAs('message', deleted, 'gone'))
    .set({ reply_to: sql`jsonb_set(message.reply_to, '{preview}', 'null')` })
    .whereRef('message.conversation_id', '=', 'gone.conversation_id')
    .where(sql<boolean>`message.reply_to ->> 'messageId' = gone.message_id`)
    .execute();
}

/** A statement may touch a row once. */
function lastOfEachMessage<Event extends Edited>(events: readonly Event[]): Event[] {
  return [...new Map(events.map((event) => [event.data.messageId, event])).values()];
}
