import { type PositionEvent, type ReadPosition, RECEIPT_TIME_SEQ_COUNT } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows, rowsAs } from '@parley/postgres';
import { type Transaction, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';

/**
 * When each person had first come how far: the steps of a stair. A step that another one reaches as far, and as
 * early, says nothing and is not kept, so the stair is the same whatever order, and however often, positions come;
 * the earliest time that covers a message is the first step at or above it. Steps far below a person's furthest
 * are let go, which bounds the stair.
 */
export const receipts: Projection<PositionEvent, MessageDb> = {
  name: 'receipts',
  log: 'conv',
  tables: ['receipt'],

  on: {
    'message.positions-advanced': (tx, events) =>
      climb(
        tx,
        events.flatMap(({ data: { conversationId, positions }, position }) =>
          positions.map(({ userId, upToSeq, readAt, ...read }) => ({
            conversation_id: conversationId,
            user_id: userId,
            kind: kindOfRead(read),
            up_to_seq: upToSeq,
            at: readAt,
            position,
          })),
        ),
      ),

    'message.deliveries-advanced': (tx, events) =>
      climb(
        tx,
        events.flatMap(({ data: { conversationId, positions }, position }) =>
          positions.map(({ userId, upToSeq, deliveredAt }) => ({
            conversation_id: conversationId,
            user_id: userId,
            kind: 'delivered' as const,
            up_to_seq: upToSeq,
            at: deliveredAt,
            position,
          })),
        ),
      ),
  },
};

type Step = Omit<MessageDb['receipt'], 'at'> & { readonly at: string };

function kindOfRead(read: Pick<ReadPosition, 'private'>): Step['kind'] {
  return read.private === true ? 'private-read' : 'read';
}

/** Takes new steps into the stairs that they belong to. */
async function climb(tx: Transaction<MessageDb>, steps: readonly Step[]): Promise<void> {
  const taken = stairsOf(steps);
  const sameStair = sql`known.conversation_id = taken.conversation_id
    and known.user_id = taken.user_id and known.kind = taken.kind`;
  await insertRows(tx, 'receipt', taken)
    .onConflict((known) =>
      known
        .columns(['conversation_id', 'user_id', 'kind', 'up_to_seq'])
        .doUpdateSet((row) => ({ at: row.ref('excluded.at'), position: row.ref('excluded.position') }))
        .whereRef('receipt.at', '>', 'excluded.at'),
    )
    .execute();
  // What is behind a step as far and as early: itself, where the other was there before, or those right below it.
  await sql`
    delete from receipt as known using ${rowsAs('receipt', taken, 'taken')}
    where ${sameStair} and known.up_to_seq <= taken.up_to_seq and known.up_to_seq > coalesce((
      select below.up_to_seq from receipt as below
      where below.conversation_id = taken.conversation_id and below.user_id = taken.user_id
        and below.kind = taken.kind and below.up_to_seq < taken.up_to_seq and below.at < taken.at
      order by below.up_to_seq desc limit 1), 0)
    and exists (
      select from receipt as better
      where better.conversation_id = known.conversation_id and better.user_id = known.user_id
        and better.kind = known.kind and better.up_to_seq > known.up_to_seq and better.at <= known.at)`.execute(
    tx,
  );
  await sql`
    delete from receipt as known using ${rowsAs('receipt', taken, 'taken')}
    where ${sameStair} and known.up_to_seq <= (
      select furthest.up_to_seq from receipt as furthest
      where furthest.conversation_id = taken.conversation_id and furthest.user_id = taken.user_id
        and furthest.kind = taken.kind
      order by furthest.up_to_seq desc limit 1) - ${RECEIPT_TIME_SEQ_COUNT}`.execute(tx);
}

/** The steps among these that no other of them makes idle. */
function stairsOf(steps: readonly Step[]): readonly Step[] {
  const stairs = new Map<string, Step[]>();
  const fromTop = steps.toSorted(
    (one, other) => other.up_to_seq - one.up_to_seq || Number(one.at > other.at) - Number(one.at < other.at),
  );
  for (const step of fromTop) {
    const key = `${step.conversation_id} ${step.user_id} ${step.kind}`;
    const stair = stairs.get(key) ?? [];
    stairs.set(key, stair);
    const above = stair.at(-1);
    if (above === undefined || step.at < above.at) stair.push(step);
  }
  return [...stairs.values()].flat();
}
