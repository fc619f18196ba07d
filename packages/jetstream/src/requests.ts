import { errors, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';

import { ownInbox } from './connect.ts';

/** Deadlines are looked at so often: one clock for all requests. */
const LOOK_EVERY_MS = 100;
const NO_RESPONDERS = 503;

interface Pending {
  readonly subject: string;
  readonly dueAtMs: number;
  readonly resolve: (message: Msg) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Requests over one subscription and one clock. The library's make a timer and two errors with their stacks for each,
 * also for one that is answered, which on the send path was a good part of what an append cost.
 */
export class Requests {
  readonly #nc: NatsConnection;
  readonly #inbox: string;
  readonly #pending = new Map<string, Pending>();
  #isListening = false;
  #clock: NodeJS.Timeout | undefined;
  #number = 0;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
    this.#inbox = ownInbox(nc);
  }

  /**
   * @throws {errors.TimeoutError | errors.NoRespondersError} when no answer came, and nobody knows whether it arrived.
   */
  async ask(
    subject: string,
    data: string,
    { headers, timeoutMs }: { readonly headers: MsgHdrs; readonly timeoutMs: number },
  ): Promise<Msg> {
    this.#listen();
    this.#number += 1;
    const reply = `${this.#inbox}.${this.#number}`;
    this.#nc.publish(subject, data, { headers, reply });
    return new Promise((resolve, reject) => {
      this.#pending.set(reply, { subject, dueAtMs: performance.now() + timeoutMs, resolve, reject });
      this.#clock ??= setInterval(() => this.#endOverdue(), LOOK_EVERY_MS);
    });
  }

  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (!error) this.#receive(message);
      },
    });
  }

  #receive(message: Msg): void {
    const pending = this.#take(message.subject);
    if (pending === undefined) return;
    const isNobodyThere = message.data.length === 0 && message.headers?.code === NO_RESPONDERS;
    if (isNobodyThere) pending.reject(new errors.NoRespondersError(pending.subject));
    else pending.resolve(message);
  }

  #endOverdue(): void {
    const nowMs = performance.now();
    for (const [reply, { subject, dueAtMs }] of this.#pending) {
      if (dueAtMs > nowMs) continue;
      this.#take(reply)?.reject(new errors.TimeoutError({ cause: `a request on ${subject}` }));
    }
  }

  #take(reply: string): Pending | undefined {
    const pending = this.#pending.get(reply);
    this.#pending.delete(reply);
    if (this.#pending.size > 0 || this.#clock === undefined) return pending;
    clearInterval(this.#clock);
    this.#clock = undefined;
    return pending;
  }
}
