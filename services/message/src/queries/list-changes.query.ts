import type { ConversationId, MessageView, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { fitting } from './fitting.ts';
import { isShownTo, messageColumns, type MessageRow, messageViewOf } from './message-columns.ts';

export interface ChangePage {
  /** Sent after the number, oldest first. */
  readonly messages: MessageView[];
  /** Sent before it and changed after it. */
  readonly changed: MessageView[];
  readonly upToSeq: number | null;
  readonly hasMore: boolean;
}

type PageRow = Omit<MessageRow, 'messageId'> & { readonly messageId: MessageRow['messageId'] | null };

/**
 * What became of a conversation after a number, as it is now; nothing for somebody who is not in it.
 *
 * A message that came since stands at its own number, one from before at the number of its last change. Both kinds
 * are walked along in that order, so that whatever the page ends with, everything up to there is in it: an earlier
 * change of a message that changed again stands later, and holds the earlier one. A pin has two rows at its number,
 * the message and the line that tells of it, which are not parted.
 */
export async function listChanges(
  db: Kysely<MessageDb>,
  asked: {
    readonly userId: UserId;
    readonly conversationId: ConversationId;
    readonly afterSeq: number;
    readonly limit: number;
  },
): Promise<ChangePage | undefined> {
  const { userId, conversationId, afterSeq, limit } = asked;
  const { rows } = await sql<PageRow & { readonly place: number }>`
    select ${messageColumns(userId)}, message.place
    from membership as own
    left join lateral (
      (select message.*, message.seq as place from message
        where message.conversation_id = own.conversation_id and message.seq > ${afterSeq}
          and ${isShownTo(userId)}
        order by message.seq limit ${limit + 2})
      union all
      (select message.*, message.changed_seq as place from message
        where message.conversation_id = own.conversation_id and message.changed_seq > ${afterSeq}
          and message.changed_seq > message.seq and message.seq <= ${afterSeq}
          and ${isShownTo(userId)}
        order by message.changed_seq limit ${limit + 2})
    ) as message on true
    where own.conversation_id = ${conversationId} and own.user_id = ${userId} and own.left_seq is null
    order by message.place
    limit ${limit + 2}`.execute(db);
  if (rows.length === 0) return undefined;

  const found = rows.flatMap(({ messageId, place, ...row }) =>
    messageId === null ? [] : [{ place, view: messageViewOf({ ...row, messageId }) }],
  );
  const page = wholeNumbers(fitting(found, limit), found);
  const views = page.map(({ view }) => view);
  return {
    messages: views.filter(({ seq }) => seq > afterSeq),
    changed: views.filter(({ seq }) => seq <= afterSeq),
    upToSeq: page.at(-1)?.place ?? null,
    hasMore: found.length > page.length,
  };
}

/** Up to the end of a number: what stands at the same one comes along. */
function wholeNumbers<Row extends { readonly place: number }>(
  page: readonly Row[],
  found: readonly Row[],
): readonly Row[] {
  const next = found[page.length];
  return next !== undefined && next.place === page.at(-1)?.place ? [...page, next] : page;
}
