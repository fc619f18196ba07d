import {
  type ConversationId,
  type MessageId,
  RECEIPT_TIME_SEQ_COUNT,
  type ReceiptView,
  type Timestamp,
  type UserId,
} from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { isShownTo } from './message-columns.ts';
import { readerOf } from './reading.ts';

/** A message, how many it was for, and those of them whom it has come to. */
export interface ReceiptsOfMessage {
  readonly conversationId: ConversationId;
  readonly seq: number;
  readonly recipientCount: number;
  readonly receipts: readonly ReceiptView[];
}

interface RecipientRow {
  readonly conversationId: ConversationId;
  readonly seq: number;
  /** Nothing in the one row of a message that is for nobody. */
  readonly userId: UserId | null;
  readonly readAt: Date | null;
  readonly readFurthest: number | null;
  readonly deliveredAt: Date | null;
  readonly deliveredFurthest: number | null;
}

/** One of the two stairs of a person, as far as a message is concerned. */
interface Stair {
  /** Of the first step that covers the message. */
  readonly at: Date | null;
  readonly furthest: number | null;
}

/**
 * Who has a message and who has read it: at most as many rows as a group has members, each two steps of a stair.
 * Those whom it was for are who was in then and still is, without its sender. To who has gone all of it is told as it
 * was then. Nothing for somebody who may not read it.
 */
export async function receiptsOfMessage(
  db: Kysely<MessageDb>,
  { userId, messageId }: { readonly userId: UserId; readonly messageId: MessageId },
): Promise<ReceiptsOfMessage | undefined> {
  const { rows } = await sql<RecipientRow>`
    select message.conversation_id as "conversationId", message.seq, member.user_id as "userId",
      ${stairColumns('read')}, ${stairColumns('delivered')}
    from message
    cross join lateral (${readerOf(userId, sql`message.conversation_id`)}) as reader
    left join membership as member
      on member.conversation_id = message.conversation_id
        and (member.left_seq is null or member.left_seq >= reader.up_to_seq)
        and member.joined_seq < message.seq and member.user_id <> message.sender_id
    ${stair('read')} ${stair('delivered')}
    where message.message_id = ${messageId} and message.seq <= reader.up_to_seq
      and ${isShownTo(userId)}`.execute(db);
  const [first] = rows;
  if (first === undefined) return undefined;
  const { conversationId, seq } = first;
  const receipts = rows.flatMap((row) => receiptOf(row) ?? []);
  return { conversationId, seq, recipientCount: rows.filter((row) => row.userId !== null).length, receipts };
}

function stairColumns(kind: 'read' | 'delivered') {
  return sql`${sql.ref(`${kind}_step.at`)} as ${sql.id(`${kind}At`)},
    ${sql.ref(`${kind}_furthest.up_to_seq`)} as ${sql.id(`${kind}Furthest`)}`;
}

function stair(kind: 'read' | 'delivered') {
  const own = sql`receipt.conversation_id = message.conversation_id
    and receipt.user_id = member.user_id and receipt.kind = ${kind}
    and (reader.left_at is null or receipt.at <= reader.left_at)`;
  return sql`
    left join lateral (
      select receipt.at from receipt where ${own} and receipt.up_to_seq >= message.seq
      order by receipt.up_to_seq limit 1
    ) as ${sql.id(`${kind}_step`)} on true
    left join lateral (
      select receipt.up_to_seq from receipt where ${own} order by receipt.up_to_seq desc limit 1
    ) as ${sql.id(`${kind}_furthest`)} on true`;
}

function receiptOf(row: RecipientRow): ReceiptView | undefined {
  const { userId, seq } = row;
  const read = { at: row.readAt, furthest: row.readFurthest };
  const delivered = { at: row.deliveredAt, furthest: row.deliveredFurthest };
  if (userId === null || (read.at === null && delivered.at === null)) return undefined;
  // What was read was delivered, so the earlier of the two counts.
  const covering = [read, delivered].filter(({ at }) => at !== null);
  const deliveredAt = earliestOf(covering.map((stairOf) => timeOn(stairOf, seq)));
  return {
    userId,
    state: read.at === null ? 'delivered' : 'read',
    deliveredAt,
    readAt: timeOn(read, seq),
  };
}

/** Where one is not known any more, it is the earliest. */
export function earliestOf(times: readonly (Timestamp | null)[]): Timestamp | null {
  const [first = null, ...others] = times;
  return others.reduce(
    (earliest, time) => (earliest === null || time === null ? null : time < earliest ? time : earliest),
    first,
  );
}

/** Nothing where the steps so far down are not kept any more. */
function timeOn({ at, furthest }: Stair, seq: number): Timestamp | null {
  if (at === null || seq <= (furthest ?? 0) - RECEIPT_TIME_SEQ_COUNT) return null;
  return at.toISOString() as Timestamp;
}
