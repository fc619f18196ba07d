import type { ConversationId, MessageView, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { fitting, PAGE_BYTES_MAX } from './fitting.ts';
import { isShownTo, type MessageRow, messageViewOf, readMessageColumns } from './message-columns.ts';
import { readerOf } from './reading.ts';

/** Which part of a history is asked for: nothing said is the latest; `before` and `after` leave the number out. */
export type HistoryBound =
  | { readonly from: 'latest' }
  | { readonly from: 'before' | 'after' | 'around'; readonly seq: number };

/**
 * Messages, the oldest first. `prevCursor` leads to older ones and `nextCursor` to newer ones; each is there
 * exactly when there are any. `hasMore` speaks of the direction asked in: newer ones after a number, older
 * ones else, and either for a page around a number.
 */
export interface HistoryPage {
  readonly data: MessageView[];
  readonly prevCursor: string | undefined;
  readonly nextCursor: string | undefined;
  readonly hasMore: boolean;
}

/** A page is what lies on both sides of a pivot: so many messages below it, so many from it on. */
interface PagePlan {
  readonly pivotSeq: number;
  readonly olderCount: number;
  readonly newerCount: number;
}

type PageRow = Omit<MessageRow, 'messageId'> & { readonly messageId: MessageRow['messageId'] | null };

/**
 * A page of a conversation's history; nothing for somebody who may not read it, whether it exists or not.
 * Each side is one walk along the primary key, one message further than asked, which tells whether more follow;
 * a reader of a conversation without messages gets one row of nulls, which tells it from having no right.
 */
export async function listMessages(
  db: Kysely<MessageDb>,
  asked: {
    readonly userId: UserId;
    readonly conversationId: ConversationId;
    readonly bound: HistoryBound;
    readonly limit: number;
  },
): Promise<HistoryPage | undefined> {
  const { userId, conversationId, bound, limit } = asked;
  const plan = planPage(bound, limit);
  const { rows } = await sql<PageRow>`
    select ${readMessageColumns(userId)}
    from (${readerOf(userId, sql`${conversationId}`)}) as reader
    left join lateral (
      (select * from message
        where message.conversation_id = reader.conversation_id and message.seq < ${plan.pivotSeq}
          and message.seq <= reader.up_to_seq and ${isShownTo(userId)}
        order by message.seq desc limit ${plan.olderCount + 1})
      union all
      (select * from message
        where message.conversation_id = reader.conversation_id and message.seq >= ${plan.pivotSeq}
          and message.seq <= reader.up_to_seq and ${isShownTo(userId)}
        order by message.seq limit ${plan.newerCount + 1})
    ) as message on true
    order by message.seq`.execute(db);
  if (rows.length === 0) return undefined;

  const found = rows.flatMap(({ messageId, ...row }) =>
    messageId === null ? [] : [messageViewOf({ ...row, messageId })],
  );
  return pageOf(found, plan, bound);
}

/** The inside of a cursor; the edge signs it, so that only what was written here comes back. */
export function parseHistoryCursor(cursor: string): HistoryBound | undefined {
  const [, from, digits] = /^(before|after)\.(\d{1,16})$/.exec(cursor) ?? [];
  const seq = Number(digits);
  if ((from !== 'before' && from !== 'after') || !Number.isSafeInteger(seq)) return undefined;
  return { from, seq };
}

function planPage(bound: HistoryBound, limit: number): PagePlan {
  if (bound.from === 'latest') return { pivotSeq: Number.MAX_SAFE_INTEGER, olderCount: limit, newerCount: 0 };
  if (bound.from === 'before') return { pivotSeq: bound.seq, olderCount: limit, newerCount: 0 };
  if (bound.from === 'after') {
    const pivotSeq = Math.min(bound.seq + 1, Number.MAX_SAFE_INTEGER);
    return { pivotSeq, olderCount: 0, newerCount: limit };
  }
  const olderCount = Math.floor(limit / 2);
  return { pivotSeq: bound.seq, olderCount, newerCount: limit - olderCount };
}

function pageOf(found: readonly MessageView[], plan: PagePlan, bound: HistoryBound): HistoryPage {
  const olderFound = found.filter(({ seq }) => seq < plan.pivotSeq);
  const newerFound = found.slice(olderFound.length);
  const bytesMax = bound.from === 'around' ? PAGE_BYTES_MAX / 2 : PAGE_BYTES_MAX;
  const older = fitting(olderFound.toReversed(), plan.olderCount, bytesMax).toReversed();
  const newer = fitting(newerFound, plan.newerCount, bytesMax);
  const hasOlder = olderFound.length > older.length;
  const hasNewer = newerFound.length > newer.length;
  const data = [...older, ...newer];
  const firstSeq = data[0]?.seq ?? plan.pivotSeq;
  const lastSeq = data.at(-1)?.seq ?? plan.pivotSeq - 1;
  const hasMore = { latest: hasOlder, before: hasOlder, after: hasNewer, around: hasOlder || hasNewer };
  return {
    data,
    prevCursor: hasOlder ? `before.${firstSeq}` : undefined,
    nextCursor: hasNewer ? `after.${lastSeq}` : undefined,
    hasMore: hasMore[bound.from],
  };
}
