import type { AggregateId } from '@parley/contracts';

import type { Loaded } from './load-aggregate.ts';

/** The states a service holds in memory, the least recently used one dropped first. Each carries its position. */
export class AggregateCache<State> {
  readonly #entries = new Map<AggregateId, Loaded<State>>();
  readonly #sizeMax: number;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  get(aggregateId: AggregateId): Loaded<State> | undefined {
    const entry = this.#entries.get(aggregateId);
    if (entry === undefined) return undefined;
    this.#entries.delete(aggregateId);
    this.#entries.set(aggregateId, entry);
    return entry;
  }

  set(aggregateId: AggregateId, entry: Loaded<State>): void {
    this.#entries.delete(aggregateId);
    this.#entries.set(aggregateId, entry);
    if (this.#entries.size <= this.#sizeMax) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  delete(aggregateId: AggregateId): void {
    this.#entries.delete(aggregateId);
  }
}
