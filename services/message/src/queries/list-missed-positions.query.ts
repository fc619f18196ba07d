import type { ConversationId, MissedPositions, Timestamp, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb, ReceiptKind } from '../storage/schema.ts';

interface FurtherRow {
  readonly conversationId: ConversationId;
  readonly userId: UserId;
  readonly kind: ReceiptKind;
  readonly upToSeq: number;
  readonly at: Date;
}

/**
 * How far members have come whose furthest was told after a position of the log, in the conversations of a person,
 * by id. A conversation where nothing of the kind was told costs one look into an index.
 */
export async function listMissedPositions(
  db: Kysely<MessageDb>,
  asked: {
    readonly userId: UserId;
    readonly since: number;
    readonly after?: ConversationId | undefined;
    readonly limit: number;
  },
): Promise<{ readonly positions: MissedPositions[]; readonly hasMore: boolean }> {
  const { userId, since, after = '', limit } = asked;
  const { rows: moved } = await sql<{ readonly conversationId: ConversationId }>`
    select own.conversation_id as "conversationId" from membership as own
    where own.user_id = ${userId} and own.conversation_id > ${after} and own.left_seq is null and exists (
      select from receipt where receipt.conversation_id = own.conversation_id and receipt.position > ${since}
    )
    order by own.conversation_id limit ${limit + 1}`.execute(db);
  const ids = moved.slice(0, limit).map(({ conversationId }) => conversationId);
  const rows = ids.length === 0 ? [] : await furtherSince(db, { userId, since, ids });
  const byConversation = Map.groupBy(rows, ({ conversationId }) => conversationId);
  const positions = ids.map((conversationId) =>
    positionsOf(conversationId, byConversation.get(conversationId) ?? []),
  );
  return { positions, hasMore: moved.length > limit };
}

/** The furthest of each member and kind, where it is newer. What others have read privately is theirs alone. */
export async function furtherSince(
  db: Kysely<MessageDb>,
  {
    userId,
    since,
    ids,
  }: { readonly userId: UserId; readonly since: number; readonly ids: readonly ConversationId[] },
): Promise<FurtherRow[]> {
  const { rows } = await sql<FurtherRow>`
    select member.conversation_id as "conversationId", member.user_id as "userId", furthest.kind,
      furthest.up_to_seq as "upToSeq", furthest.at
    from membership as member
    cross join (values ('read'), ('private-read'), ('delivered')) as kinds (kind)
    cross join lateral (
      select receipt.* from receipt
      where receipt.conversation_id = member.conversation_id and receipt.user_id = member.user_id
        and receipt.kind = kinds.kind
      order by receipt.up_to_seq desc limit 1
    ) as furthest
    where member.conversation_id = any(${ids}) and member.left_seq is null and furthest.position > ${since}
      and (kinds.kind <> 'private-read' or member.user_id = ${userId})
    order by member.conversation_id, member.user_id`.execute(db);
  return rows;
}

function positionsOf(conversationId: ConversationId, rows: readonly FurtherRow[]): MissedPositions {
  const furthest = (kinds: readonly ReceiptKind[]) => {
    const found = new Map<UserId, FurtherRow>();
    for (const row of rows) {
      const known = found.get(row.userId)?.upToSeq ?? 0;
      if (kinds.includes(row.kind) && row.upToSeq > known) found.set(row.userId, row);
    }
    return [...found.values()];
  };
  return {
    conversationId,
    reads: furthest(['read', 'private-read']).map(({ userId, upToSeq, at }) => ({
      userId,
      upToSeq,
      readAt: timeOf(at),
    })),
    deliveries: furthest(['delivered']).map(({ userId, upToSeq, at }) => ({
      userId,
      upToSeq,
      deliveredAt: timeOf(at),
    })),
  };
}

function timeOf(at: Date): Timestamp {
  return at.toISOString() as Timestamp;
}
