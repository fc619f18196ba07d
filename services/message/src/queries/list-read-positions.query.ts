import type { ConversationId, DeliveredPosition, ReadPosition, Timestamp, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb, ReceiptKind } from '../storage/schema.ts';

interface FurthestRow {
  readonly userId: UserId;
  readonly kind: ReceiptKind | null;
  readonly upToSeq: number;
  readonly at: Date;
}

export interface Positions {
  readonly data: ReadPosition[];
  readonly deliveries: DeliveredPosition[];
}

/**
 * How far each member has read and how far their devices have got, by user id; nothing for somebody who is not in
 * the conversation. From which device is nobody else's business, so it is not told; nor is what a person has read
 * privately, but to themselves.
 */
export async function listReadPositions(
  db: Kysely<MessageDb>,
  { userId, conversationId }: { readonly userId: UserId; readonly conversationId: ConversationId },
): Promise<Positions | undefined> {
  const { rows } = await sql<FurthestRow>`
    select member.user_id as "userId", furthest.kind, furthest.up_to_seq as "upToSeq", furthest.at
    from membership as own
    join membership as member
      on member.conversation_id = own.conversation_id and member.left_seq is null
    left join lateral (
      select step.kind, step.up_to_seq, step.at
      from (values ('read'), ('private-read'), ('delivered')) as kinds (kind)
      cross join lateral (
        select * from receipt
        where receipt.conversation_id = member.conversation_id and receipt.user_id = member.user_id
          and receipt.kind = kinds.kind
        order by receipt.up_to_seq desc limit 1
      ) as step
      where step.kind <> 'private-read' or member.user_id = ${userId}
    ) as furthest on true
    where own.conversation_id = ${conversationId} and own.user_id = ${userId} and own.left_seq is null
    order by member.user_id`.execute(db);
  if (rows.length === 0) return undefined;

  const data = furthestOf(rows, ['read', 'private-read']).map(({ at, ...place }) => ({
    ...place,
    readAt: at,
  }));
  // What was read was delivered.
  const deliveries = furthestOf(rows, ['read', 'private-read', 'delivered']).map(({ at, ...place }) => ({
    ...place,
    deliveredAt: at,
  }));
  return { data, deliveries };
}

/** For each person the furthest of these kinds, and the earliest time at which they were there. */
function furthestOf(rows: readonly FurthestRow[], kinds: readonly ReceiptKind[]) {
  const furthest = new Map<UserId, FurthestRow>();
  for (const row of rows) {
    if (row.kind === null || !kinds.includes(row.kind)) continue;
    const known = furthest.get(row.userId);
    const isFurther = known === undefined || row.upToSeq > known.upToSeq;
    if (isFurther || (row.upToSeq === known.upToSeq && row.at < known.at)) furthest.set(row.userId, row);
  }
  return [...furthest.values()].map(({ userId, upToSeq, at }) => ({
    userId,
    upToSeq,
    at: at.toISOString() as Timestamp,
  }));
}
