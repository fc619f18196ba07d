import { mayRetry, retryAfterMsOf } from './api-error.ts';
import { retryDelayMs, sleep } from './backoff.ts';
import type { Connection } from './connection.ts';

/** Tells the server how far the person has read in one conversation; what cannot be told now waits. */
export class ReadTeller {
  readonly #connection: Pick<Connection, 'request' | 'state'>;
  readonly #conversationId: string;
  #wanted = 0;
  #told = 0;
  #isTelling = false;

  constructor(connection: Pick<Connection, 'request' | 'state'>, conversationId: string) {
    this.#connection = connection;
    this.#conversationId = conversationId;
  }

  get isTelling(): boolean {
    return this.#isTelling;
  }

  /** Whether the server hears, or has heard, from this device that everything up to a number was read. */
  isTold(seq: number): boolean {
    return seq <= this.#wanted;
  }

  want(upToSeq: number): void {
    this.#wanted = Math.max(this.#wanted, upToSeq);
    void this.tell();
  }

  /** Sends the read position that the server has not heard of; again after every connect. */
  async tell(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let tries = 0; this.#wanted > this.#told;) {
      // The next connection takes it up again.
      if (this.#connection.state !== 'connected') break;
      const upToSeq = this.#wanted;
      try {
        await this.#connection.request('mark_as_read', { conversationId: this.#conversationId, upToSeq });
        this.#told = upToSeq;
        tries = 0;
      } catch (error) {
        // What is refused for good is not worth a second word: the next message read says it all again.
        if (!mayRetry(error)) this.#told = upToSeq;
        else await sleep(Math.max(retryDelayMs(tries), retryAfterMsOf(error)));
        tries += 1;
      }
    }
    this.#isTelling = false;
  }
}
