import { type ConversationId, PIN_COUNT_MAX, type PinView, type UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import {
  isShownTo,
  type MessageRow,
  messageViewOf,
  readMessageColumns,
  timestampOf,
} from './message-columns.ts';
import { readerOf } from './reading.ts';

type PinRow = Omit<MessageRow, 'messageId'> & {
  readonly messageId: MessageRow['messageId'] | null;
  readonly pinnedBy: UserId;
  readonly pinnedAt: Date;
};

/** What is pinned, the latest pin first; nothing for somebody who may not read the conversation. */
export async function listPins(
  db: Kysely<MessageDb>,
  asked: { readonly userId: UserId; readonly conversationId: ConversationId },
): Promise<PinView[] | undefined> {
  const { rows } = await sql<PinRow>`
    select ${readMessageColumns(asked.userId)}, pinned.pinned_by as "pinnedBy", pinned.pinned_at as "pinnedAt"
    from (${readerOf(asked.userId, sql`${asked.conversationId}`)}) as reader
    left join pin as pinned
      on pinned.conversation_id = reader.conversation_id and pinned.pinned_seq <= reader.up_to_seq
    left join message on message.conversation_id = pinned.conversation_id and message.seq = pinned.message_seq
      and ${isShownTo(asked.userId)}
    order by pinned.pinned_seq desc
    limit ${PIN_COUNT_MAX}`.execute(db);
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ messageId, pinnedBy, pinnedAt, ...row }) =>
    messageId === null
      ? []
      : [{ message: messageViewOf({ ...row, messageId }), pinnedBy, pinnedAt: timestampOf(pinnedAt) }],
  );
}
