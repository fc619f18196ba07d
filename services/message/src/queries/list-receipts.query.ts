import type { MessageId, ReceiptState, ReceiptView, UserId } from '@parley/contracts';
import type { Kysely } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { receiptsOfMessage } from './receipts-of-message.ts';

export interface ReceiptPage {
  readonly data: ReceiptView[];
  readonly nextCursor: string | undefined;
}

/**
 * Who has a message, or who has read it, the first of them first; nothing for somebody who may not see the message.
 * Whoever comes later stands behind all who were there, so nobody is left out or told twice between two pages.
 */
export async function listReceipts(
  db: Kysely<MessageDb>,
  asked: {
    readonly userId: UserId;
    readonly messageId: MessageId;
    readonly state: ReceiptState;
    readonly after: string | undefined;
    readonly limit: number;
  },
): Promise<ReceiptPage | undefined> {
  const { state, after, limit } = asked;
  const found = await receiptsOfMessage(db, asked);
  if (found === undefined) return undefined;
  const rest = found.receipts
    .filter((receipt) => state === 'delivered' || receipt.state === 'read')
    .map((receipt) => ({ receipt, place: placeOf(receipt, state) }))
    .toSorted((one, other) => (one.place < other.place ? -1 : 1))
    .filter(({ place }) => after === undefined || place > after);
  const page = rest.slice(0, limit);
  return {
    data: page.map(({ receipt }) => receipt),
    nextCursor: rest.length > limit ? page.at(-1)?.place : undefined,
  };
}

/** The inside of a cursor; the edge signs it, so that only what was written here comes back. */
export function parseReceiptCursor(cursor: string): string | undefined {
  return /^[\dTZ:.-]*\/usr_[0-9a-z]+$/.test(cursor) ? cursor : undefined;
}

/** A time that is not known any more is earlier than all that are. */
function placeOf({ userId, readAt, deliveredAt }: ReceiptView, state: ReceiptState): string {
  return `${(state === 'read' ? readAt : deliveredAt) ?? ''}/${userId}`;
}
