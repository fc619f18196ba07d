/** Something to look at that changes: the two functions that user interfaces ask of a store. */
export class Store<Snapshot> {
  readonly #make: () => Snapshot;
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot | undefined;
  #isTelling = false;

  constructor(make: () => Snapshot) {
    this.#make = make;
  }

  /** The same object until something has changed. */
  readonly getSnapshot = (): Snapshot => {
    this.#snapshot ??= this.#make();
    return this.#snapshot;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Says that the snapshot is old. Listeners hear of it once for all changes of one moment. */
  changed(): void {
    this.#snapshot = undefined;
    if (this.#isTelling || this.#listeners.size === 0) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
