import { type ConversationId, formatId, type PositionEvent, type UserId } from '@parley/contracts';
import { an, binh, chronicle, databaseTest, runProjection, timeOf } from '@parley/testing';
import * as fc from 'fast-check';
import { expect } from 'vitest';

import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { receipts } from './receipts.projection.ts';

const test = databaseTest<MessageDb>(migrations);

const INTERLEAVING_COUNT = 10_000;
const SEQ_MAX = 9;
const TEST_MS_MAX = 240_000;

interface Told {
  readonly kind: 'read' | 'delivered';
  readonly userId: UserId;
  readonly upToSeq: number;
  readonly second: number;
}

/** What one device says: always further, at later times. */
const device = fc
  .record({
    userId: fc.constantFrom(an, binh),
    kind: fc.constantFrom('read' as const, 'delivered' as const),
    seqs: fc.uniqueArray(fc.integer({ min: 1, max: SEQ_MAX }), { minLength: 1, maxLength: 3 }),
    seconds: fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ userId, kind, seqs, seconds }): Told[] => {
    const times = seconds.toSorted((one, other) => one - other);
    return seqs
      .toSorted((one, other) => one - other)
      .map((upToSeq, index) => ({ kind, userId, upToSeq, second: times[index] ?? 0 }));
  });

/** Five devices, all that they say in any order, and some of it again. */
const interleaving = fc
  .array(device, { minLength: 5, maxLength: 5 })
  .map((devices) => devices.flat())
  .chain((told) =>
    fc
      .tuple(
        fc.shuffledSubarray(told, { minLength: told.length }),
        fc.shuffledSubarray(told, { maxLength: 3 }),
      )
      .map(([all, again]) => [...all, ...again]),
  );

test(
  '10,000 interleavings of five devices give what a plain fold gives',
  { timeout: TEST_MS_MAX },
  async ({ db }) => {
    const seed = Date.now();
    const interleavings = fc.sample(interleaving, { numRuns: INTERLEAVING_COUNT, seed });
    const ids = interleavings.map((_, index) => conversationIdOf(index));
    const story = chronicle<PositionEvent>();
    const roundCount = Math.max(...interleavings.map((told) => told.length));
    // Round by round over all conversations, so that what is told of one comes in many batches.
    for (let round = 0; round < roundCount; round += 1) {
      for (const [index, told] of interleavings.entries()) {
        const next = told[round];
        const id = ids[index];
        if (next !== undefined && id !== undefined) story.record(id, an, eventOf(id, next));
      }
    }
    await runProjection(db, receipts, story.events);

    const rows = await db
      .selectFrom('receipt')
      .select(['conversation_id', 'user_id', 'kind', 'up_to_seq', 'at'])
      .orderBy('up_to_seq')
      .execute();
    const stairs = Map.groupBy(rows, (row) => `${row.conversation_id} ${row.kind} ${row.user_id}`);
    const differences: unknown[] = [];
    for (const [index, told] of interleavings.entries()) {
      for (const kind of ['read', 'delivered'] as const) {
        for (const userId of [an, binh]) {
          const stair = stairs.get(`${ids[index]} ${kind} ${userId}`) ?? [];
          const own = told.filter((one) => one.kind === kind && one.userId === userId);
          for (let seq = 1; seq <= SEQ_MAX; seq += 1) {
            const kept = stair.find((row) => row.up_to_seq >= seq)?.at.toISOString();
            const wanted = earliestCovering(own, seq);
            if (kept !== wanted) differences.push({ seed, index, kind, userId, seq, kept, wanted });
          }
        }
      }
    }
    expect(differences).toEqual([]);
  },
);

/** The plain fold: of all that was told and covers the message, the earliest. */
function earliestCovering(told: readonly Told[], seq: number): string | undefined {
  const seconds = told.filter(({ upToSeq }) => upToSeq >= seq).map(({ second }) => second);
  return seconds.length === 0 ? undefined : timeOf(Math.min(...seconds));
}

function conversationIdOf(index: number): ConversationId {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, index);
  return formatId('cnv', bytes);
}

function eventOf(conversationId: ConversationId, { kind, userId, upToSeq, second }: Told): PositionEvent {
  const at = timeOf(second);
  return kind === 'read'
    ? {
        type: 'message.positions-advanced',
        data: { conversationId, positions: [{ userId, upToSeq, readAt: at }] },
      }
    : {
        type: 'message.deliveries-advanced',
        data: { conversationId, positions: [{ userId, upToSeq, deliveredAt: at }] },
      };
}
