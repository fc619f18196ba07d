import {
  failed,
  type getReceiptStats as statsContract,
  type listReadPositions as positionsContract,
  type listReceipts as receiptsContract,
  ok,
  refused,
} from '@parley/contracts';
import type { AnswerTable } from '@parley/jetstream';
import { answerAt, type FollowedModel } from '@parley/postgres';
import type { Kysely } from 'kysely';

import { getReceiptStats } from '../queries/get-receipt-stats.query.ts';
import { listReceipts, parseReceiptCursor } from '../queries/list-receipts.query.ts';
import { listReadPositions } from '../queries/list-read-positions.query.ts';
import type { MessageDb } from '../storage/schema.ts';
import { foundOr } from './found-or.ts';

interface ReceiptPorts {
  readonly db: Kysely<MessageDb>;
  readonly timeline: FollowedModel;
  readonly receipts: FollowedModel;
  readonly hidden: FollowedModel;
}

/** How far people have come, and which of them have a message. */
export function receiptAnswers({
  db,
  timeline,
  receipts,
  hidden,
}: ReceiptPorts): AnswerTable<typeof positionsContract | typeof statsContract | typeof receiptsContract> {
  const ofMessage = { conv: [timeline, receipts], user: [hidden] };

  return {
    'message.list-read-positions': async ({ data, meta }) =>
      answerAt(meta.minPosition, { conv: [timeline, receipts] }, async () =>
        foundOr('conversation-not-found', await listReadPositions(db, data)),
      ),

    'message.get-receipt-stats': async ({ data, meta }) =>
      answerAt(meta.minPosition, ofMessage, async () =>
        foundOr('message-not-found', await getReceiptStats(db, data)),
      ),

    'message.list-receipts': async ({ data, meta }) => {
      const after = data.cursor === undefined ? undefined : parseReceiptCursor(data.cursor);
      if (data.cursor !== undefined && after === undefined) return failed('malformed');
      return answerAt(meta.minPosition, ofMessage, async () => {
        const page = await listReceipts(db, { ...data, after });
        if (page === undefined) return refused('message-not-found');
        const nextCursor = page.nextCursor ?? null;
        return ok({ data: page.data, page: { nextCursor, prevCursor: null, hasMore: nextCursor !== null } });
      });
    },
  };
}
