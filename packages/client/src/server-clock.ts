import { newUuidV7 } from '@parley/contracts';

/**
 * The server's time, as far as this device can tell. Ids of messages carry a time by which the server recognises
 * retries, so they must be made by its clock and not by the one of a phone that is an hour ahead.
 */
export class ServerClock {
  readonly #now: () => number;
  #offsetMs = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes over a time that the server has just told. */
  set(serverTime: string): void {
    const timeMs = Date.parse(serverTime);
    if (Number.isFinite(timeMs)) this.#offsetMs = timeMs - this.#now();
  }

  nowMs(): number {
    return this.#now() + this.#offsetMs;
  }

  newClientMessageId(): string {
    return newUuidV7(this.nowMs());
  }
}
