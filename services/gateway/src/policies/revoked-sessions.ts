import { DeliverPolicy, jetstream, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { IdentityEvent, RecordedEvent, SessionId } from '@parley/contracts';
import { everyLane, recordedEvent, streamOfLog } from '@parley/jetstream';

/** Longer than any access token lives: older revocations need no memory, their tokens have expired. */
const LOOK_BACK_MS = 11 * 60_000;
const FORGET_EVERY_MS = 60_000;

/** How long the log may take to be read to its end before another try. */
const CATCH_UP_MS_MAX = 10_000;
const RETRY_PAUSE_MS = 250;

interface Reading {
  isStopped: boolean;
  close(): Promise<unknown>;
}

/**
 * The sessions that were ended while their tokens are still good, read from the log itself: nothing is asked of
 * identity or of a database on the way of a request.
 */
export class RevokedSessions {
  readonly #revokedAtMs = new Map<SessionId, number>();
  readonly #nc: NatsConnection;
  readonly #onRevoked: (sessionId: SessionId, reason: string) => void;
  readonly #onAccount: (event: RecordedEvent<IdentityEvent>) => void;
  readonly #onFault: (error: unknown) => void;
  readonly #isSteady: () => boolean;
  readonly #forgetting = setInterval(() => this.#forget(), FORGET_EVERY_MS);
  #reading: Reading | undefined;
  #lastPosition = 0;
  #isCurrent = false;
  #suspensionCount = 0;
  #isStopped = false;

  constructor(
    nc: NatsConnection,
    ports: {
      readonly onRevoked: (sessionId: SessionId, reason: string) => void;
      /** Told of whatever happens to anybody's account: this is read in any case. */
      readonly onAccount?: (event: RecordedEvent<IdentityEvent>) => void;
      readonly onFault: (error: unknown) => void;
      /** Whether this process has gone on all the time; one that stood still has not heard what came meanwhile. */
      readonly isSteady?: () => boolean;
    },
  ) {
    this.#nc = nc;
    this.#onRevoked = ports.onRevoked;
    this.#onAccount = ports.onAccount ?? (() => undefined);
    this.#onFault = ports.onFault;
    this.#isSteady = ports.isSteady ?? (() => true);
  }

  /** Whether this gateway has heard everything up to now; while it has not, nobody is let in. */
  get isCurrent(): boolean {
    return this.#isCurrent && this.#isSteady();
  }

  has(sessionId: SessionId): boolean {
    return this.#revokedAtMs.has(sessionId);
  }

  /** The broker is away, or this process stood still: what was revoked meanwhile is not known here. */
  suspend(): void {
    this.#isCurrent = false;
    this.#suspensionCount += 1;
  }

  /** Resolves when everything that was revoked up to this call is known, however often that must be tried. */
  async catchUp(): Promise<void> {
    while (!this.#isStopped) {
      const suspensions = this.#suspensionCount;
      try {
        await this.#readOn();
        if (suspensions !== this.#suspensionCount) continue;
        this.#isCurrent = true;
        return;
      } catch (error) {
        if (this.#nc.isClosed()) return;
        this.#onFault(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
      }
    }
  }

  /** Takes in an event of the user log, whichever way it came. */
  hear(event: RecordedEvent<IdentityEvent>): void {
    this.#onAccount(event);
    if (event.type !== 'identity.session-revoked') return;
    this.#revokedAtMs.set(event.data.sessionId, Date.parse(event.at));
    this.#onRevoked(event.data.sessionId, event.data.reason);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#forgetting);
    await this.#endReading();
  }

  /** A reader of its own for each catch-up: an older one may take its heartbeats' time to notice that it is deaf. */
  async #readOn(): Promise<void> {
    await this.#endReading();
    const consumer = await jetstream(this.#nc).consumers.get(streamOfLog.user, {
      filter_subjects: [everyLane('user', 'a')],
      ...(this.#lastPosition > 0
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: this.#lastPosition + 1 }
        : {
            deliver_policy: DeliverPolicy.StartTime,
            opt_start_time: new Date(Date.now() - LOOK_BACK_MS).toISOString(),
          }),
    });
    const backlog = await consumer.info();
    const messages = await consumer.consume();
    const reading: Reading = { isStopped: false, close: () => messages.close() };
    this.#reading = reading;
    const caughtUp = Promise.withResolvers<void>();
    if (backlog.num_pending === 0) caughtUp.resolve();
    const deadline = setTimeout(
      () => caughtUp.reject(new Error('the user log could not be read to its end')),
      CATCH_UP_MS_MAX,
    );
    void this.#follow(messages, reading, caughtUp).catch((error: unknown) => {
      if (!reading.isStopped) this.#onFault(error);
    });
    try {
      await caughtUp.promise;
    } finally {
      clearTimeout(deadline);
    }
  }

  async #follow(
    messages: AsyncIterable<JsMsg>,
    reading: Reading,
    caughtUp: PromiseWithResolvers<void>,
  ): Promise<void> {
    for await (const message of messages) {
      this.#lastPosition = Math.max(this.#lastPosition, message.seq);
      try {
        this.hear(recordedEvent<IdentityEvent>(message.data, message.seq));
      } catch (error) {
        this.#onFault(error);
      }
      if (message.info.pending === 0) caughtUp.resolve();
    }
    if (reading.isStopped) return;
    this.suspend();
    this.#onFault(new Error('the user log has ended by itself'));
    await this.catchUp();
  }

  async #endReading(): Promise<void> {
    const reading = this.#reading;
    this.#reading = undefined;
    if (reading === undefined) return;
    reading.isStopped = true;
    await reading.close();
  }

  #forget(): void {
    const before = Date.now() - LOOK_BACK_MS;
    for (const [sessionId, atMs] of this.#revokedAtMs) if (atMs < before) this.#revokedAtMs.delete(sessionId);
  }
}
