import { type ConversationId, PIN_COUNT_MAX, type PinView, type UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { isShownTo, messageColumns, type MessageRow, messageViewOf, timestampOf } from './message-columns.ts';

type PinRow = Omit<MessageRow, 'messageId'> & {
  readonly messageId: MessageRow['messageId'] | null;
  readonly pinnedBy: UserId;
  readonly pinnedAt: Date;
};

/** What is pinned, the latest pin first; nothing for somebody who is not in the conversation. */
export async function listPins(
  db: Kysely<MessageDb>,
  asked: { readonly userId: UserId; readonly conversationId: ConversationId },
): Promise<PinView[] | undefined> {
  const { rows } = await sql<PinRow>`
    select ${messageColumns(asked.userId)}, pinned.pinned_by as "pinnedBy", pinned.pinned_at as "pinnedAt"
    from membership as own
    left join pin as pinned on pinned.conversation_id = own.conversation_id
    left join message on message.conversation_id = pinned.conversation_id and message.seq = pinned.message_seq
      and ${isShownTo(asked.userId)}
    where own.conversation_id = ${asked.conversationId} and own.user_id = ${asked.userId}
      and own.left_seq is null
    order by pinned.pinned_seq desc
    limit ${PIN_COUNT_MAX}`.execute(db);
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ messageId, pinnedBy, pinnedAt, ...row }) =>
    messageId === null
      ? []
      : [{ message: messageViewOf({ ...row, messageId }), pinnedBy, pinnedAt: timestampOf(pinnedAt) }],
  );
}
