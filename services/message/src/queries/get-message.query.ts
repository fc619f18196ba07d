import type { MessageId, MessageView, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { isShownTo, type MessageRow, messageViewOf, readMessageColumns } from './message-columns.ts';
import { readerOf } from './reading.ts';

/** A message that the person may read; nothing for anybody else, whether it exists or not. */
export async function getMessage(
  db: Kysely<MessageDb>,
  asked: { readonly userId: UserId; readonly messageId: MessageId },
): Promise<MessageView | undefined> {
  const { rows } = await sql<MessageRow>`
    select ${readMessageColumns(asked.userId)}
    from message
    cross join lateral (${readerOf(asked.userId, sql`message.conversation_id`)}) as reader
    where message.message_id = ${asked.messageId} and message.seq <= reader.up_to_seq
      and ${isShownTo(asked.userId)}`.execute(db);
  return rows[0] && messageViewOf(rows[0]);
}
