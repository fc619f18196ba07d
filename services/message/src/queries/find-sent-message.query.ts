import type { ClientMessageId, ConversationId, MessageView, SentContent, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { messageColumns, type MessageRow, messageViewOf } from './message-columns.ts';

/**
 * What a person sent to a conversation under a client's id, however long ago, and as it is now. For the sender's own
 * retries only.
 */
export async function findSentMessage(
  db: Kysely<MessageDb>,
  send: {
    readonly conversationId: ConversationId;
    readonly senderId: UserId;
    readonly clientMessageId: ClientMessageId;
  },
): Promise<{ readonly view: MessageView; readonly firstContent: SentContent | null } | undefined> {
  const { rows } = await sql<MessageRow & { readonly firstContent: SentContent | null }>`
    select ${messageColumns(send.senderId)}, coalesce(original.content, message.content) as "firstContent"
    from message
    left join message_version as original
      on original.conversation_id = message.conversation_id
        and original.message_seq = message.seq and original.version_seq = message.seq
    where message.client_message_id = ${send.clientMessageId}
      and message.sender_id = ${send.senderId} and message.conversation_id = ${send.conversationId}
      and message.content ->> 'type' is distinct from 'system'
    order by message.seq
    limit 1`.execute(db);
  if (rows[0] === undefined) return undefined;
  const { firstContent, ...row } = rows[0];
  return { view: messageViewOf(row), firstContent };
}
