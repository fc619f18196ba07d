import type { MessageId, MessageView, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { fitting } from './fitting.ts';
import { isShownTo, messageColumns, type MessageRow, messageViewOf } from './message-columns.ts';

export interface ReplyPage {
  readonly data: MessageView[];
  readonly nextCursor: string | undefined;
}

type ReplyRow = Omit<MessageRow, 'messageId'> & { readonly messageId: MessageRow['messageId'] | null };

/** The answers to one message, the first one first; nothing for somebody who does not see that message. */
export async function listReplies(
  db: Kysely<MessageDb>,
  asked: {
    readonly userId: UserId;
    readonly messageId: MessageId;
    readonly afterSeq: number;
    readonly limit: number;
  },
): Promise<ReplyPage | undefined> {
  const { userId, messageId: rootId, afterSeq, limit } = asked;
  const { rows } = await sql<ReplyRow>`
    with root as (
      select message.conversation_id, message.message_id from message
      join membership as own
        on own.conversation_id = message.conversation_id and own.user_id = ${userId} and own.left_seq is null
      where message.message_id = ${rootId} and ${isShownTo(userId)}
    )
    select ${messageColumns(userId)}
    from root
    left join lateral (
      select * from message
      where message.conversation_id = root.conversation_id
        and message.reply_to ->> 'messageId' = root.message_id
        and message.seq > ${afterSeq} and ${isShownTo(userId)}
      order by message.seq limit ${limit + 1}
    ) as message on true
    order by message.seq`.execute(db);
  if (rows.length === 0) return undefined;

  const found = rows.flatMap(({ messageId, ...row }) =>
    messageId === null ? [] : [messageViewOf({ ...row, messageId })],
  );
  const data = fitting(found, limit);
  const last = found.length > data.length ? data.at(-1) : undefined;
  return { data, nextCursor: last && String(last.seq) };
}
