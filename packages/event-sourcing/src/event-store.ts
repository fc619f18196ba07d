import type { AggregateId, RecordedEvent, StoredEvent } from '@parley/contracts';

type AnyEvent = { readonly type: string; readonly data: unknown };

/** Where an aggregate's numbered lanes stand: 0 and 0 before its first event. */
export interface Tail {
  readonly position: number;
  readonly seq: number;
}

export const startOfLog: Tail = { position: 0, seq: 0 };

/** Which part of a lane to read: what lies after a position, or since a time, up to and including `upTo`. */
export interface LaneRange {
  readonly after?: number;
  readonly since?: Date;
  readonly upTo: number;
}

/**
 * The log of one kind of aggregate: append at an expected position, several events or none; read its tail and
 * its lanes. Every writer expects the last position over all numbered lanes, so two of them cannot both win.
 */
export interface EventStore<Event extends AnyEvent> {
  /** The last numbered event, as the leader of the stream knows it. */
  tail(aggregateId: AggregateId): Promise<Tail>;

  /** The position of a lane's last event, as the leader of the stream knows it; 0 before the first. */
  lanePosition(aggregateId: AggregateId, lane: string): Promise<number>;

  /** A lane's events in order. Reads to the end of the range, in pages of a bounded size. */
  readLane(
    aggregateId: AggregateId,
    lane: string,
    range: LaneRange,
  ): Promise<readonly RecordedEvent<Event>[]>;

  /**
   * Appends to the numbered lanes, all of the events or none, and returns the position of each.
   * @throws {RevisionConflictError} when somebody else appended since, or when this very append was stored before.
   * @throws {UnknownAppendError} when no answer came: it may be stored or not. Read the tail from the leader.
   */
  append(
    aggregateId: AggregateId,
    events: readonly StoredEvent<Event>[],
    expectedPosition: number,
  ): Promise<readonly number[]>;

  /** Appends to a lane that is not numbered: no expectation, and a repeat with the same `dedupeId` is dropped. */
  appendUnnumbered(event: StoredEvent<Event>, dedupeId: string): Promise<number>;
}

export class RevisionConflictError extends Error {
  override readonly name = 'RevisionConflictError';
}

/** This very command was stored before, at most `withinMs` ago. */
export class DuplicateAppendError extends RevisionConflictError {
  readonly withinMs: number;

  constructor(message: string, withinMs: number) {
    super(message);
    this.withinMs = withinMs;
  }
}

export class UnknownAppendError extends Error {
  override readonly name = 'UnknownAppendError';
}

/** The log refuses to grow: it has reached its size. Definite: nothing was stored. */
export class LogFullError extends Error {
  override readonly name = 'LogFullError';
}

/** A state and the position up to which it is folded: what a snapshot holds. */
export interface Snapshot<Json> {
  readonly position: number;
  readonly seq: number;
  readonly state: Json;
}

/** A shortcut for long logs. Losing one costs time, never truth: the expectation refuses a stale state. */
export interface SnapshotStore {
  load(key: string): Promise<Snapshot<unknown> | undefined>;
  save(key: string, snapshot: Snapshot<unknown>): Promise<void>;
}
