import { setTimeout as delay } from 'node:timers/promises';

import type { RecordedEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import type { FeedItem } from '@parley/jetstream';
import type { Kysely, Transaction } from 'kysely';

import { FencedOffError, kit, moveCheckpoint } from './checkpoint.ts';
import { eventWaves } from './event-waves.ts';
import { faultText, isDataFault } from './postgres-faults.ts';

type AnyEvent = { readonly type: string; readonly data: unknown };

const TRY_COUNT_MAX = 5;
const TRY_PAUSE_MS = 20;
const ERROR_LENGTH_MAX = 2_000;

/** Where a batch is applied: by whom, behind which position, of which stream. */
export interface BatchTarget<Event extends AnyEvent, Db> {
  /** One connection: the session that holds the projection's lock is the one that writes. */
  readonly db: Kysely<Db>;
  readonly projection: Projection<Event, Db>;
  readonly streamCreatedAt: string;
  readonly onParked?: (position: number, error: string) => void;
}

/**
 * Applies a batch behind `position` in one transaction with the checkpoint's move, and answers the new position.
 *
 * When the batch fails for its data, its events are applied one by one, and the one to blame is parked with its
 * error after {@link TRY_COUNT_MAX} tries. Every other fault is thrown: nothing was applied, try again later.
 * @throws {FencedOffError} when the checkpoint is not at `position`.
 */
export async function applyBatch<Event extends AnyEvent, Db>(
  target: BatchTarget<Event, Db>,
  position: number,
  items: readonly FeedItem<Event>[],
): Promise<number> {
  const last = items.at(-1);
  if (last === undefined) return position;
  try {
    await applyTogether(target, position, items);
    return last.position;
  } catch (error) {
    if (error instanceof FencedOffError || !(await isDataFault(error, target.db))) throw error;
  }

  let reached = position;
  for (const item of items) {
    await applyAlone(target, reached, item);
    reached = item.position;
  }
  return reached;
}

/** Moves the checkpoint over what is of other lanes, and answers the new position. */
export async function passOver<Event extends AnyEvent, Db>(
  { db, projection, streamCreatedAt }: BatchTarget<Event, Db>,
  position: number,
  to: number,
): Promise<number> {
  await db
    .transaction()
    .execute((tx) => moveCheckpoint(tx, projection.name, { from: position, to, streamCreatedAt }));
  return to;
}

async function applyTogether<Event extends AnyEvent, Db>(
  target: BatchTarget<Event, Db>,
  position: number,
  items: readonly FeedItem<Event>[],
): Promise<void> {
  const to = items.at(-1)?.position ?? position;
  const events = items.flatMap((item) => (item.kind === 'event' ? [item.event] : []));
  const unreadable = items.filter((item) => item.kind === 'unreadable');
  await target.db.transaction().execute(async (tx) => {
    await moveCheckpoint(tx, target.projection.name, {
      from: position,
      to,
      streamCreatedAt: target.streamCreatedAt,
    });
    await project(tx, target.projection, events);
    for (const item of unreadable) await park(tx, target.projection.name, { item, error: item.reason });
  });
  for (const item of unreadable) target.onParked?.(item.position, item.reason);
}

async function applyAlone<Event extends AnyEvent, Db>(
  target: BatchTarget<Event, Db>,
  position: number,
  item: FeedItem<Event>,
): Promise<void> {
  let fault: unknown;
  for (let tryCount = 1; tryCount <= TRY_COUNT_MAX; tryCount += 1) {
    try {
      await applyTogether(target, position, [item]);
      return;
    } catch (error) {
      if (error instanceof FencedOffError || !(await isDataFault(error, target.db))) throw error;
      fault = error;
      await delay(TRY_PAUSE_MS * tryCount);
    }
  }
  const reason = faultText(fault).slice(0, ERROR_LENGTH_MAX);
  const { name } = target.projection;
  const move = { from: position, to: item.position, streamCreatedAt: target.streamCreatedAt };
  await target.db.transaction().execute(async (tx) => {
    await moveCheckpoint(tx, name, move);
    await park(tx, name, { item, error: reason });
  });
  target.onParked?.(item.position, reason);
}

/** Hands the events to the projection's handlers, in waves that keep the order of each aggregate's own. */
export async function project<Event extends AnyEvent, Db>(
  tx: Transaction<Db>,
  projection: Projection<Event, Db>,
  events: readonly RecordedEvent<Event>[],
): Promise<void> {
  for (const wave of eventWaves<RecordedEvent<Event>>(Object.keys(projection.on), events)) {
    for (const [type, group] of wave) {
      // TypeScript cannot see that on[x.type] accepts events of that type.
      const apply = projection.on[type as Event['type']] as unknown as (
        tx: Transaction<Db>,
        events: readonly RecordedEvent<Event>[],
      ) => Promise<unknown>;
      await apply(tx, group);
    }
  }
}

async function park<Event extends AnyEvent, Db>(
  tx: Transaction<Db>,
  projection: string,
  { item, error }: { readonly item: FeedItem<Event>; readonly error: string },
): Promise<void> {
  const event = item.kind === 'event' ? item.event : undefined;
  const unread = item.kind === 'unreadable' ? item.data : [];
  const row = {
    projection,
    position: item.position,
    event_type: event?.type ?? 'unreadable',
    aggregate_id: event?.aggregateId ?? '',
    payload: event === undefined ? Buffer.from(unread) : Buffer.from(JSON.stringify(event)),
    error,
    parked_at: new Date().toISOString(),
  };
  // Postgres keeps no NUL in text, and it may be what the event is parked for.
  const writable = Object.entries(row).map(([column, value]) => [
    column,
    typeof value === 'string' ? value.replaceAll('\0', ' ') : value,
  ]);
  await kit(tx)
    .insertInto('parked_event')
    .values(Object.fromEntries(writable) as typeof row)
    .execute();
}
