import type { AggregateId, CommandContract, RecordedEvent } from '@parley/contracts';

import type { Decider } from './decider.ts';
import type { EventStore, LaneRange, Snapshot, SnapshotStore, Tail } from './event-store.ts';
import { foldEvents } from './run-decider.ts';

/** A decider's state and exactly where in the log it stands. */
export interface Loaded<State> extends Tail {
  readonly state: State;
}

/** How an aggregate is rebuilt: which lanes it folds, from when, and how its state is kept in a snapshot. */
export interface AggregateDefinition<
  State,
  C extends CommandContract,
  Fact extends { readonly type: string; readonly data: unknown },
  Folded extends { readonly type: string; readonly data: unknown },
> {
  readonly decider: Decider<State, C, Fact, Folded>;
  readonly store: EventStore<Folded>;
  /** Lanes folded from the start of the log (or from a snapshot). */
  readonly lanes: readonly string[];
  /** A lane of which only the recent part matters, and how far back it is read. */
  readonly recentLane?: {
    readonly lane: string;
    readonly windowMs: number;
    /** The state before a fold that knows the lane only since then. */
    readonly begin: (since: Date) => State;
  };
  /**
   * Where in the log an earlier try of a command may have put its events, told by the state at the tail; looked at
   * before a refusal or that there is nothing to do is believed. A range that is small, whoever asks.
   */
  readonly earlierTry?: (
    state: State,
    commandId: string,
  ) => { readonly lane: string; readonly range: Omit<LaneRange, 'upTo'> & Partial<LaneRange> } | undefined;
  readonly snapshots?: {
    readonly store: SnapshotStore;
    readonly key: (aggregateId: AggregateId) => string;
    readonly encode: (state: State) => unknown;
    readonly decode: (json: unknown) => State;
  };
}

/** A snapshot is written when so many events had to be folded to get at the state. */
const SNAPSHOT_AFTER_EVENT_COUNT = 200;
/** A replica that lags behind its leader is asked again so often. */
const LAGGING_READ_COUNT_MAX = 20;
const LAGGING_READ_PAUSE_MS = 25;

/**
 * Brings a state to the tail of its log. The tail is read first and nothing beyond it is folded, so the state
 * stands exactly at one position whatever is appended meanwhile; an append that expects it is safe.
 */
export async function loadAggregate<
  State,
  C extends CommandContract,
  Fact extends { readonly type: string; readonly data: unknown },
  Folded extends { readonly type: string; readonly data: unknown },
>(
  definition: AggregateDefinition<State, C, Fact, Folded>,
  aggregateId: AggregateId,
  known?: Loaded<State>,
): Promise<Loaded<State>> {
  const { decider, snapshots } = definition;
  const tail = await definition.store.tail(aggregateId);
  if (known !== undefined && known.position >= tail.position) return known;
  if (tail.position === 0) return { ...tail, state: decider.initialState };

  const snapshot = known ? undefined : await snapshots?.store.load(snapshots.key(aggregateId));
  const usable = snapshot !== undefined && snapshot.position <= tail.position ? snapshot : undefined;
  const since = new Date(Date.now() - (definition.recentLane?.windowMs ?? 0));
  const beginning = definition.recentLane?.begin(since) ?? decider.initialState;
  const base = known?.state ?? (usable && snapshots ? snapshots.decode(usable.state) : beginning);
  const events = await readUpToTail(definition, aggregateId, { tail, known, snapshot: usable, since });

  const loaded = { ...tail, state: foldEvents(decider, events, base) };
  if (snapshots && events.length > SNAPSHOT_AFTER_EVENT_COUNT) {
    const encoded: Snapshot<unknown> = { ...tail, state: snapshots.encode(loaded.state) };
    await snapshots.store.save(snapshots.key(aggregateId), encoded).catch(() => undefined);
  }
  return loaded;
}

async function readUpToTail<Folded extends { readonly type: string; readonly data: unknown }>(
  definition: {
    readonly store: EventStore<Folded>;
    readonly lanes: readonly string[];
    readonly recentLane?: { readonly lane: string };
  },
  aggregateId: AggregateId,
  from: {
    readonly tail: Tail;
    readonly known: Tail | undefined;
    readonly snapshot: Tail | undefined;
    readonly since: Date;
  },
): Promise<readonly RecordedEvent<Folded>[]> {
  const { store, lanes, recentLane } = definition;
  const upTo = from.tail.position;
  for (let attempt = 1; ; attempt += 1) {
    const after = from.known?.position ?? from.snapshot?.position ?? 0;
    const reads = lanes.map((lane) => store.readLane(aggregateId, lane, { after, upTo }));
    if (recentLane) {
      const range = from.known ? { after: from.known.position, upTo } : { since: from.since, upTo };
      reads.push(store.readLane(aggregateId, recentLane.lane, range));
    }
    const events = (await Promise.all(reads)).flat().toSorted((a, b) => a.position - b.position);
    // Where a lane is not folded, the tail may lie in it: only who reads all lanes can tell that one is missing.
    const canTell = from.known !== undefined && recentLane !== undefined;
    const complete = !canTell || events.at(-1)?.position === upTo;
    if (complete || attempt === LAGGING_READ_COUNT_MAX) return events;
    await new Promise((resolve) => setTimeout(resolve, LAGGING_READ_PAUSE_MS));
  }
}
