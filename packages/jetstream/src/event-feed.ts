import {
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { RecordedEvent } from '@parley/contracts';
import type { LogName } from '@parley/event-sourcing';

import { recordedEvent } from './jetstream-event-store.ts';
import { everyLane } from './subjects.ts';
import { streamOfLog } from './topology.ts';

type AnyEvent = { readonly type: string; readonly data: unknown };

const PULL_SIZE = 2_000;
/**
 * A pull's life, and how long the library pauses before it looks again for a consumer that a restarted server has
 * forgotten. Half of it is the heartbeat, whose absence makes it look.
 */
const PULL_EXPIRES_MS = 1_500;
const BUFFER_BATCH_COUNT = 4;
/** Shorter than the library's: a reader asks often, and a server that was away is asked again soon. */
const ASK_TIMEOUT_MS = 2_000;

/** One message of a log as a reader meets it. */
export type FeedItem<Event extends AnyEvent> =
  | { readonly kind: 'event'; readonly position: number; readonly event: RecordedEvent<Event> }
  /** What is stored there is no event. It is for the reader to put aside; the feed goes on. */
  | {
      readonly kind: 'unreadable';
      readonly position: number;
      readonly subject: string;
      readonly data: Uint8Array;
      readonly reason: string;
    };

export interface EventFeedOptions {
  readonly log: LogName;
  /** Where to begin: behind a position, or at a time. */
  readonly from: { readonly after: number } | { readonly since: Date };
  /** The lanes to read; all when absent. The server sends nothing of the others. */
  readonly lanes?: ReadonlySet<string>;
  readonly sizeMax: number;
  /** How long a batch that is not full waits for more. */
  readonly waitMs: number;
}

/** The log's stream was deleted and made again: positions of before mean nothing in it. */
export class StreamRecreatedError extends Error {
  override readonly name = 'StreamRecreatedError';
}

/** The feed's end, where nobody asked for it: the connection was closed or the server gave the consumer up. */
export class FeedEndedError extends Error {
  override readonly name = 'FeedEndedError';
}

/** A log, read in order and in batches, over reconnects, for as long as somebody reads. */
export interface EventFeed<Event extends AnyEvent> {
  /** When the stream was made: its incarnation. */
  readonly streamCreatedAt: string;
  /** The last position at the time of opening. */
  readonly lastPosition: number;
  /**
   * The next batch in log order, at most `sizeMax` of it; empty when nothing came within `idleMs`.
   * @throws {StreamRecreatedError | FeedEndedError} when there is nothing more to come.
   */
  next(idleMs: number): Promise<readonly FeedItem<Event>[]>;
  /** Lets a waiting {@link next} come back at once with what there is. */
  hurry(): void;
  /**
   * Where the log ends, if everything of the reader's lanes up to there has been handed out; else undefined. By it
   * a reader of a few lanes knows that it has passed the others.
   */
  endIfReached(): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** Opens an ordered consumer of its own, which the server forgets soon after the reader is gone. */
export async function openEventFeed<Event extends AnyEvent>(
  nc: NatsConnection,
  options: EventFeedOptions,
): Promise<EventFeed<Event>> {
  const stream = streamOfLog[options.log];
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: ASK_TIMEOUT_MS });
  const { created, state } = await manager.streams.info(stream);
  const consumer = await jetstream(nc).consumers.get(stream, {
    ...startOf(options.from),
    ...(options.lanes && { filter_subjects: [...options.lanes].map((lane) => everyLane(options.log, lane)) }),
  });
  const messages = await consumer.consume({ max_messages: PULL_SIZE, expires: PULL_EXPIRES_MS });
  const buffer = new FeedBuffer<Event>(options);
  const isSameStream = async () => (await manager.streams.info(stream)).created === created;
  const pumping = pump(messages, buffer);
  const watching = watch(messages, isSameStream).catch((error: unknown) => buffer.end(error));

  return {
    streamCreatedAt: created,
    lastPosition: state.last_seq,
    next: (idleMs) => buffer.take(idleMs),
    hurry: () => buffer.hurry(),
    async endIfReached() {
      // In this order: what is stored in between is pending then, or was delivered.
      const { state: now } = await manager.streams.info(stream);
      if (now.last_seq <= buffer.takenUpTo) return now.last_seq;
      const { name, num_pending, delivered } = await consumer.info();
      const isAllHere = num_pending === 0 && delivered.consumer_seq === buffer.receivedFrom(name);
      return isAllHere && buffer.isEmpty ? now.last_seq : undefined;
    },
    async stop() {
      buffer.end(new FeedEndedError('the feed was stopped'));
      void messages.close();
      await Promise.all([pumping, watching]);
      // Its messages are no longer wanted; if this fails, the server removes it for inactivity.
      await consumer.delete().catch(() => undefined);
    },
  };
}

/** Where a log ends. */
export async function lastPositionOf(nc: NatsConnection, log: LogName): Promise<number> {
  const manager = await jetstreamManager(nc, { checkAPI: false });
  const { state } = await manager.streams.info(streamOfLog[log]);
  return state.last_seq;
}

function startOf(from: EventFeedOptions['from']) {
  if ('since' in from) {
    return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from.since.toISOString() };
  }
  return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from.after + 1 };
}

async function pump<Event extends AnyEvent>(
  messages: ConsumerMessages,
  buffer: FeedBuffer<Event>,
): Promise<void> {
  try {
    // To the very end: the library ends its own status only when somebody reads up to the end of the messages.
    for await (const message of messages) await buffer.put(message);
    buffer.end(new FeedEndedError('the consumer of the feed ended'));
  } catch (error) {
    buffer.end(error);
  }
}

/** A consumer that was made anew may stand on another stream of the same name, at a position from the old one. */
async function watch(messages: ConsumerMessages, isSameStream: () => Promise<boolean>): Promise<void> {
  for await (const status of messages.status()) {
    if (status.type !== 'ordered_consumer_recreated') continue;
    if (!(await isSameStream())) throw new StreamRecreatedError('the stream of the log was made anew');
  }
}

/** A bounded buffer between the consumer and its reader; full, it holds the consumer back. */
class FeedBuffer<Event extends AnyEvent> {
  readonly #options: EventFeedOptions;
  #items: FeedItem<Event>[] = [];
  /** Of the last message received: by which consumer, and its number there. */
  #received = { consumer: '', count: 0 };
  #takenUpTo = 0;
  #failure: unknown;
  #ended = false;
  #onChange: (() => void) | undefined;
  #onRoom: (() => void) | undefined;

  constructor(options: EventFeedOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** The position of the last item that the reader has. */
  get takenUpTo(): number {
    return this.#takenUpTo;
  }

  /** How many messages have come from a consumer, which after a reconnect is another one. */
  receivedFrom(consumer: string): number {
    return this.#received.consumer === consumer ? this.#received.count : 0;
  }

  /** Resolves at once unless the buffer is full. */
  put(message: JsMsg): Promise<void> | undefined {
    if (this.#ended) return undefined;
    const { consumer, deliverySequence } = message.info;
    this.#received = { consumer, count: deliverySequence };
    this.#items.push(itemOf<Event>(message));
    const { length } = this.#items;
    if (length === 1 || length === this.#options.sizeMax) this.#onChange?.();
    if (length < this.#options.sizeMax * BUFFER_BATCH_COUNT) return undefined;
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }

  hurry(): void {
    this.#onChange?.();
  }

  end(failure: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#onChange?.();
    this.#onRoom?.();
  }

  async take(idleMs: number): Promise<readonly FeedItem<Event>[]> {
    const { sizeMax, waitMs } = this.#options;
    if (this.#items.length === 0) await this.#changed(idleMs);
    if (this.#items.length > 0 && this.#items.length < sizeMax) await this.#changed(waitMs);
    if (this.#ended) throw this.#failure;
    const batch = this.#items.slice(0, sizeMax);
    this.#items = this.#items.slice(sizeMax);
    this.#takenUpTo = batch.at(-1)?.position ?? this.#takenUpTo;
    this.#onRoom?.();
    this.#onRoom = undefined;
    return batch;
  }

  /** Until there is a first item, a full batch or an end, or the time is over. */
  async #changed(withinMs: number): Promise<void> {
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#onChange = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#onChange = undefined;
  }
}

function itemOf<Event extends AnyEvent>(message: JsMsg): FeedItem<Event> {
  const position = message.seq;
  const { subject, data } = message;
  try {
    const event = recordedEvent<Event>(data, position);
    if (typeof event.type === 'string' && typeof event.aggregateId === 'string') {
      return { kind: 'event', position, event };
    }
    return { kind: 'unreadable', position, subject, data, reason: 'it has no type or no aggregate' };
  } catch (error) {
    return { kind: 'unreadable', position, subject, data, reason: String(error) };
  }
}
