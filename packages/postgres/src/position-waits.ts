const STANDBY_POSITION_POLL_MS = 25;
const ACTIVE_POSITION_POLL_MS = 250;

/** How far a read model has come, and those who wait for it to come further. */
export class PositionWaits {
  readonly #readPosition: () => Promise<number>;
  #position: number | undefined;
  #moved = Promise.withResolvers<void>();
  /** The furthest position that somebody waits for, and the way to tell whoever applies of it. */
  #wanted = 0;
  #hurry: () => void = () => undefined;
  #polling: Promise<number> | undefined;

  /** `readPosition` asks the tables, for an instance that does not apply itself. */
  constructor(readPosition: () => Promise<number>) {
    this.#readPosition = readPosition;
  }

  /** As far as this instance knows; a standby does not. */
  get position(): number | undefined {
    return this.#position;
  }

  get wanted(): number {
    return this.#wanted;
  }

  /**
   * Whether the tables show everything up to a position, after waiting for it for a while.
   * @throws when the database cannot be asked.
   */
  async waitFor(position: number, deadlineMs: number): Promise<boolean> {
    const endMs = Date.now() + deadlineMs;
    for (;;) {
      if (this.#position !== undefined && this.#position >= position) return true;
      this.#want(position);
      // An active instance asks as well, though seldom: its lock may be lost and it not know yet.
      const pollMs = this.#position === undefined ? STANDBY_POSITION_POLL_MS : ACTIVE_POSITION_POLL_MS;
      const leftMs = endMs - Date.now();
      if (this.#position === undefined && (await this.#pollPosition()) >= position) return true;
      if (leftMs <= 0) return false;
      const moved = await this.#movedWithin(Math.min(pollMs, leftMs));
      if (!moved && this.#position !== undefined && (await this.#pollPosition()) >= position) return true;
    }
  }

  /** Whom to tell from now on that somebody waits. */
  tell(hurry: () => void): void {
    this.#hurry = hurry;
  }

  reached(position: number): void {
    this.#position = position;
    if (this.#wanted <= position) this.#wanted = 0;
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }

  /** Nobody applies here any more, so how far the tables are is not known here. */
  lose(): void {
    this.#position = undefined;
  }

  /** The log ends before what was wanted: whoever waits for it need not be hurried for. */
  letGo(wanted: number): void {
    if (this.#wanted === wanted) this.#wanted = 0;
  }

  #want(position: number): void {
    if (position <= this.#wanted) return;
    this.#wanted = position;
    this.#hurry();
  }

  async #movedWithin(withinMs: number): Promise<boolean> {
    const timeout = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => timeout.resolve(false), withinMs);
    const moved = await Promise.race([this.#moved.promise.then(() => true), timeout.promise]);
    clearTimeout(timer);
    return moved;
  }

  /** However many wait, one question is out at a time. */
  #pollPosition(): Promise<number> {
    this.#polling ??= this.#readPosition().finally(() => {
      this.#polling = undefined;
    });
    return this.#polling;
  }
}
