import type { MessageId, MessageView, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { fitting } from './fitting.ts';
import { isShownTo, type MessageRow, messageViewOf, readMessageColumns } from './message-columns.ts';
import { readerOf } from './reading.ts';

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
      select message.message_id, reader.* from message
      cross join lateral (${readerOf(userId, sql`message.conversation_id`)}) as reader
      where message.message_id = ${rootId} and message.seq <= reader.up_to_seq and ${isShownTo(userId)}
    )
    select ${readMessageColumns(userId)}
    from root as reader
    left join lateral (
      select * from message
      where message.conversation_id = reader.conversation_id
        and message.reply_to ->> 'messageId' = reader.message_id
        and message.seq > ${afterSeq} and message.seq <= reader.up_to_seq and ${isShownTo(userId)}
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
