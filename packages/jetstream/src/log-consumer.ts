import { AckPolicy, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream';
import { type Msg, nanos, type NatsConnection, type Subscription } from '@nats-io/transport-node';

import { ownInbox } from './connect.ts';

/** How long the server keeps a consumer whose reader has gone without a word. */
const FORGET_AFTER_MS = 30_000;
/** A pull that is neither answered nor ended so long after its time is lost, and the consumer with it. */
const ANSWER_GRACE_MS = 1_000;
const RENEW_PAUSE_MS_MIN = 100;
const RENEW_PAUSE_MS_MAX = 1_000;
/** How the server ends a pull that it has served as far as it could: no messages, and request timeout. */
const SERVED: ReadonlySet<number> = new Set([404, 408]);

/** The log's stream was deleted and made again: positions of before mean nothing in it. */
export class StreamRecreatedError extends Error {
  override readonly name = 'StreamRecreatedError';
}

/** The feed's end, where nobody asked for it: the connection was closed. */
export class FeedEndedError extends Error {
  override readonly name = 'FeedEndedError';
}

export interface LogMessage {
  readonly position: number;
  readonly subject: string;
  readonly data: Uint8Array;
}

export interface LogConsumerOptions {
  readonly stream: string;
  /** The incarnation of the stream that the reader's positions belong to. */
  readonly streamCreatedAt: string;
  /** Where to begin: behind a position, or at a time. */
  readonly from: { readonly after: number } | { readonly since: Date };
  /** The subjects to read; all when absent. */
  readonly filter: string | undefined;
}

interface Pull {
  readonly number: number;
  readonly countMax: number;
  readonly messages: LogMessage[];
  /** `true`: the server did what it could; `false`: it does not know the consumer, or a message is missing. */
  readonly end: (isServed: boolean) => void;
}

/**
 * A consumer of a log that brings messages only when asked. The library's ordered consumer is sent each message
 * when it is stored, and on a busy log that wakes server and reader once a message; this one gets together what
 * has come since it last asked. Like that one it numbers what it receives, and begins anew behind the last
 * message where a number is missing or the server has forgotten it.
 */
export class LogConsumer {
  readonly #nc: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #options: LogConsumerOptions;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  #name = '';
  /** Of the current consumer: how many messages of it have come. */
  #receivedCount = 0;
  #lastPosition = 0;
  #pull: Pull | undefined;
  #pullCount = 0;
  #isStopped = false;

  private constructor(nc: NatsConnection, manager: JetStreamManager, options: LogConsumerOptions) {
    this.#nc = nc;
    this.#manager = manager;
    this.#options = options;
    this.#inbox = ownInbox(nc);
    this.#subscription = nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error) this.#pull?.end(false);
        else this.#receive(message);
      },
    });
  }

  /** Of the last message that has come; 0 before the first. */
  get lastPosition(): number {
    return this.#lastPosition;
  }

  static async open(
    nc: NatsConnection,
    manager: JetStreamManager,
    options: LogConsumerOptions,
  ): Promise<LogConsumer> {
    const consumer = new LogConsumer(nc, manager, options);
    try {
      await consumer.#create();
    } catch (error) {
      consumer.#subscription.unsubscribe();
      throw error;
    }
    return consumer;
  }

  /**
   * What the log has behind the last message, at most `countMax` of it; when there is nothing, what comes first
   * within `waitMs`. One at a time.
   * @throws {StreamRecreatedError | FeedEndedError} when there is nothing more to come.
   */
  async pull(countMax: number, waitMs: number): Promise<readonly LogMessage[]> {
    for (;;) {
      this.#refuseEnded();
      const messages = await this.#ask(countMax, waitMs);
      if (messages) return messages;
      await this.#renew();
    }
  }

  /** Whether the server has sent everything that it holds of the reader's subjects, and it was received here. */
  async isAtEnd(): Promise<boolean> {
    const { num_pending, delivered } = await this.#manager.consumers.info(this.#options.stream, this.#name);
    return num_pending === 0 && delivered.consumer_seq === this.#receivedCount;
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#pull?.end(false);
    this.#subscription.unsubscribe();
    // If this fails, the server removes it for inactivity.
    await this.#manager.consumers.delete(this.#options.stream, this.#name).catch(() => undefined);
  }

  /** One request. Undefined when nothing came of it: the server has forgotten the consumer, or a message is missing. */
  async #ask(countMax: number, waitMs: number): Promise<readonly LogMessage[] | undefined> {
    const messages: LogMessage[] = [];
    this.#pullCount += 1;
    const number = this.#pullCount;
    const isServed = await new Promise<boolean>((resolve) => {
      const lost = setTimeout(resolve, waitMs + ANSWER_GRACE_MS, false);
      const end = (served: boolean) => {
        clearTimeout(lost);
        resolve(served);
      };
      this.#pull = { number, countMax, messages, end };
      const request = { batch: countMax, no_wait: true, ...(waitMs > 0 && { expires: nanos(waitMs) }) };
      const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#options.stream}.${this.#name}`;
      this.#nc.publish(subject, JSON.stringify(request), { reply: `${this.#inbox}.${number}` });
    });
    this.#pull = undefined;
    // What has come is in order whatever came after it.
    return isServed || messages.length > 0 ? messages : undefined;
  }

  #receive(message: Msg): void {
    const pull = this.#pull;
    if (pull === undefined) return;
    if (message.subject.startsWith(this.#inbox)) {
      if (message.subject !== `${this.#inbox}.${pull.number}`) return;
      pull.end(SERVED.has(message.headers?.code ?? 0));
      return;
    }
    const delivery = deliveryOf(message.reply);
    if (delivery?.consumer !== this.#name) return;
    if (delivery.count !== this.#receivedCount + 1) {
      pull.end(false);
      return;
    }
    this.#receivedCount = delivery.count;
    this.#lastPosition = delivery.position;
    pull.messages.push({ position: delivery.position, subject: message.subject, data: message.data });
    if (pull.messages.length === pull.countMax) pull.end(true);
  }

  async #create(): Promise<void> {
    const { stream, from, filter } = this.#options;
    const { name } = await this.#manager.consumers.add(stream, {
      ...startOf(this.#lastPosition === 0 ? from : { after: this.#lastPosition }),
      ...(filter !== undefined && { filter_subject: filter }),
      ack_policy: AckPolicy.None,
      mem_storage: true,
      inactive_threshold: nanos(FORGET_AFTER_MS),
    });
    this.#name = name;
    this.#receivedCount = 0;
  }

  /** A consumer anew, behind the last message, for as long as it takes. */
  async #renew(): Promise<void> {
    const { stream, streamCreatedAt } = this.#options;
    for (let pauseMs = RENEW_PAUSE_MS_MIN; ; pauseMs = Math.min(2 * pauseMs, RENEW_PAUSE_MS_MAX)) {
      this.#refuseEnded();
      try {
        await this.#manager.consumers.delete(stream, this.#name).catch(() => undefined);
        const { created } = await this.#manager.streams.info(stream);
        if (created !== streamCreatedAt) {
          throw new StreamRecreatedError('the stream of the log was made anew');
        }
        await this.#create();
        return;
      } catch (error) {
        if (error instanceof StreamRecreatedError) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }

  #refuseEnded(): void {
    if (this.#isStopped) throw new FeedEndedError('the feed was stopped');
    if (this.#nc.isClosed()) throw new FeedEndedError('the connection was closed');
  }
}

function startOf(from: LogConsumerOptions['from']) {
  if ('since' in from) {
    return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from.since.toISOString() };
  }
  return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from.after + 1 };
}

/**
 * What the subject says that a delivery would be acknowledged on:
 * `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<tries>.<position>.<count>.<time>.<pending>[.<token>]`.
 */
function deliveryOf(
  ackSubject: string | undefined,
): { readonly consumer: string; readonly position: number; readonly count: number } | undefined {
  const tokens = ackSubject?.split('.') ?? [];
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined;
  const [, consumer = '', , position, count] = tokens.slice(tokens.length === 9 ? 2 : 4);
  return { consumer, position: Number(position), count: Number(count) };
}
