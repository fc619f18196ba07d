import { type ConversationId, type MessageId, PIN_COUNT_MAX, type UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { messageColumns, type MessageRow, timestampOf } from './message-columns.ts';

/** Where a message is, for somebody who is there; nothing for anybody else, whether it exists or not. */
export async function findMessage(
  db: Kysely<MessageDb>,
  asked: { readonly userId: UserId; readonly messageId: MessageId },
): Promise<{ readonly conversationId: ConversationId; readonly seq: number } | undefined> {
  return db
    .selectFrom('message')
    .innerJoin('membership as own', 'own.conversation_id', 'message.conversation_id')
    .select(['message.conversation_id as conversationId', 'message.seq'])
    .where('message.message_id', '=', asked.messageId)
    .where('own.user_id', '=', asked.userId)
    .where('own.left_seq', 'is', null)
    .executeTakeFirst();
}

/** What a decision about a message needs to know of it. For rules only: it asks for no right. */
export async function findMessageFacts(
  db: Kysely<MessageDb>,
  asked: {
    readonly conversationId: ConversationId;
    readonly messageId: MessageId;
    readonly viewerId: UserId;
  },
) {
  const { rows } = await sql<MessageRow>`
    select ${messageColumns(asked.viewerId)} from message
    where message_id = ${asked.messageId} and conversation_id = ${asked.conversationId}`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const { messageId, seq, senderId, content, deletedAt, deletedBy, isPinned, reactions } = row;
  return {
    messageId,
    seq,
    senderId,
    sentAt: timestampOf(row.sentAt),
    // Nobody asks of what type a deleted message was.
    type: content?.type ?? 'text',
    // A line that nobody said has no words that anybody could change.
    content: content?.type === 'system' ? null : content,
    deleted: deletedAt && deletedBy ? { at: timestampOf(deletedAt), by: deletedBy } : null,
    isPinned,
    reactions: reactions ?? [],
  };
}

/** The messages of a conversation that are pinned. For rules only: it asks for no right. */
export async function findPinned(
  db: Kysely<MessageDb>,
  conversationId: ConversationId,
): Promise<MessageId[]> {
  const rows = await db
    .selectFrom('pin')
    .innerJoin('message', (join) =>
      join
        .onRef('message.conversation_id', '=', 'pin.conversation_id')
        .onRef('message.seq', '=', 'pin.message_seq'),
    )
    .select('message.message_id as messageId')
    .where('pin.conversation_id', '=', conversationId)
    .orderBy('pin.message_seq')
    .limit(PIN_COUNT_MAX)
    .execute();
  return rows.map(({ messageId }) => messageId);
}
