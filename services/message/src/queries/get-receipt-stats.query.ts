import type { MessageId, ReceiptStats, ReceiptView, Timestamp, UserId } from '@parley/contracts';
import type { Kysely } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { earliestOf, receiptsOfMessage } from './receipts-of-message.ts';

/** How many have a message and how many have read it; nothing for somebody who may not see the message. */
export async function getReceiptStats(
  db: Kysely<MessageDb>,
  asked: { readonly userId: UserId; readonly messageId: MessageId },
): Promise<ReceiptStats | undefined> {
  const found = await receiptsOfMessage(db, asked);
  if (found === undefined) return undefined;
  const { receipts, ...message } = found;
  const read = receipts.filter(({ state }) => state === 'read');
  return {
    messageId: asked.messageId,
    ...message,
    delivered: shareOf(receipts, message.recipientCount, ({ deliveredAt }) => deliveredAt),
    read: shareOf(read, message.recipientCount, ({ readAt }) => readAt),
  };
}

function shareOf(
  receipts: readonly ReceiptView[],
  recipientCount: number,
  timeOf: (receipt: ReceiptView) => Timestamp | null,
): ReceiptStats['read'] {
  return {
    count: receipts.length,
    percentage: recipientCount === 0 ? 0 : Math.round((receipts.length / recipientCount) * 10_000) / 100,
    firstAt: earliestOf(receipts.map(timeOf)),
  };
}
