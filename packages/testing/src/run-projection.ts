import type { RecordedEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { applyBatch, openCheckpoint } from '@parley/postgres';
import type { Kysely } from 'kysely';

type AnyEvent = { readonly type: string; readonly data: unknown };

const BATCH_SIZE_DEFAULT = 500;
const STREAM_CREATED_AT = '2026-11-21T08:00:00Z';

/**
 * Applies a history to a projection's tables as its runner would: behind its checkpoint, in batches, in waves. Events that
 * the checkpoint has passed are left out, so handing over the same history twice is a redelivery.
 */
export async function runProjection<Event extends AnyEvent, Db>(
  db: Kysely<Db>,
  projection: Projection<Event, Db>,
  history: readonly RecordedEvent<Event>[],
): Promise<void> {
  await runInBatches(db, projection, { history, batchSize: BATCH_SIZE_DEFAULT });
}

/** The same in batches of a given size: whatever the size, the tables are the same. */
export async function runInBatches<Event extends AnyEvent, Db>(
  db: Kysely<Db>,
  projection: Projection<Event, Db>,
  { history, batchSize }: { readonly history: readonly RecordedEvent<Event>[]; readonly batchSize: number },
): Promise<void> {
  let { position } = await openCheckpoint(db, projection);
  const items = history
    .filter((event) => event.position > position)
    .map((event) => ({ kind: 'event' as const, position: event.position, event }));
  const target = { db, projection, streamCreatedAt: STREAM_CREATED_AT, onParked: failInsteadOfParking };
  for (let start = 0; start < items.length; start += batchSize) {
    position = await applyBatch(target, position, items.slice(start, start + batchSize));
  }
}

function failInsteadOfParking(position: number, error: string): never {
  throw new Error(`the event at ${position} would be parked: ${error}`);
}
