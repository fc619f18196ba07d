import type { MessageId, MessageView, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { isShownTo, messageColumns, type MessageRow, messageViewOf } from './message-columns.ts';

/** A message of a conversation that the person is in; nothing for anybody else, whether it exists or not. */
export async function getMessage(
  db: Kysely<MessageDb>,
  asked: { readonly userId: UserId; readonly messageId: MessageId },
): Promise<MessageView | undefined> {
  const { rows } = await sql<MessageRow>`
    select ${messageColumns(asked.userId)}
    from message
    join membership as own
      on own.conversation_id = message.conversation_id and own.user_id = ${asked.userId}
        and own.left_seq is null
    where message.message_id = ${asked.messageId} and ${isShownTo(asked.userId)}`.execute(db);
  return rows[0] && messageViewOf(rows[0]);
}
