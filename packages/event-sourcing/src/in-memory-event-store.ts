import type { AggregateId, RecordedEvent, StoredEvent } from '@parley/contracts';

import {
  type EventStore,
  type LaneRange,
  RevisionConflictError,
  startOfLog,
  type Tail,
} from './event-store.ts';
import { laneOf } from './logs.ts';

/** The event store's rules without a server: for deciders' tests and for models to be held against. */
export class InMemoryEventStore<
  Event extends { readonly type: string; readonly data: unknown },
> implements EventStore<Event> {
  readonly #records: { readonly event: RecordedEvent<Event>; readonly storedAt: Date }[] = [];
  readonly #dedupe = new Map<string, number>();

  async tail(aggregateId: AggregateId): Promise<Tail> {
    return this.#tail(aggregateId);
  }

  async lanePosition(aggregateId: AggregateId, lane: string): Promise<number> {
    const events = await this.readLane(aggregateId, lane, { upTo: Number.MAX_SAFE_INTEGER });
    return events.at(-1)?.position ?? 0;
  }

  async readLane(
    aggregateId: AggregateId,
    lane: string,
    range: LaneRange,
  ): Promise<readonly RecordedEvent<Event>[]> {
    return this.#records
      .filter(({ event, storedAt }) => {
        const inRange = event.position > (range.after ?? 0) && event.position <= range.upTo;
        const inTime = range.since === undefined || storedAt >= range.since;
        return event.aggregateId === aggregateId && laneOf(event.type).lane === lane && inRange && inTime;
      })
      .map(({ event }) => event);
  }

  async append(
    aggregateId: AggregateId,
    events: readonly StoredEvent<Event>[],
    expectedPosition: number,
  ): Promise<readonly number[]> {
    // Looked at and stored in one go: between the two nobody else may append.
    const { position } = this.#tail(aggregateId);
    if (position !== expectedPosition) {
      throw new RevisionConflictError(`${aggregateId} is at ${position}, not ${expectedPosition}`);
    }
    return events.map((event) => this.#store(event));
  }

  async appendUnnumbered(event: StoredEvent<Event>, dedupeId: string): Promise<number> {
    const known = this.#dedupe.get(dedupeId);
    if (known !== undefined) return known;
    const position = this.#store(event);
    this.#dedupe.set(dedupeId, position);
    return position;
  }

  #store(event: StoredEvent<Event>): number {
    const position = this.#records.length + 1;
    this.#records.push({ event: { ...event, position }, storedAt: new Date() });
    return position;
  }

  #tail(aggregateId: AggregateId): Tail {
    const last = this.#numbered(aggregateId).at(-1);
    return last ? { position: last.position, seq: last.seq ?? 0 } : startOfLog;
  }

  #numbered(aggregateId: AggregateId): RecordedEvent<Event>[] {
    return this.#records
      .map(({ event }) => event)
      .filter((event) => event.aggregateId === aggregateId && laneOf(event.type).numbered);
  }
}
