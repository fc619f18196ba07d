import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { RecordedEvent } from '@parley/contracts';
import type { LogName } from '@parley/event-sourcing';

import { recordedEvent } from './jetstream-event-store.ts';
import { LogConsumer, type LogMessage } from './log-consumer.ts';
import { everyLane, laneOfSubject } from './subjects.ts';
import { streamOfLog } from './topology.ts';

type AnyEvent = { readonly type: string; readonly data: unknown };

/** How long the server holds a question that it has no messages for. */
const PULL_MS = 1_000;
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
  /** The lanes to hand out; all when absent. */
  readonly lanes?: ReadonlySet<string>;
  readonly sizeMax: number;
}

/** A log, read in order and in batches, over reconnects, for as long as somebody reads. */
export interface EventFeed<Event extends AnyEvent> {
  /** When the stream was made: its incarnation. */
  readonly streamCreatedAt: string;
  /** The last position at the time of opening. */
  readonly lastPosition: number;
  /** Whether the log had more than the last question could be answered with, so that the next batch is at hand. */
  readonly hasMore: boolean;
  /**
   * The next batch in log order, at most `sizeMax` of it; empty when nothing came within `idleMs`, of which 0 asks
   * for what is there now.
   * @throws {StreamRecreatedError | FeedEndedError} when there is nothing more to come.
   */
  next(idleMs: number): Promise<readonly FeedItem<Event>[]>;
  /** Lets a waiting {@link next} come back at once. */
  hurry(): void;
  /**
   * How far the log is behind the reader, the lanes of others included: to its end, where everything of the reader's
   * own up to there has been handed out.
   */
  passedUpTo(): Promise<number>;
  stop(): Promise<void>;
}

/** Opens a consumer of its own, which the server forgets soon after the reader is gone. */
export async function openEventFeed<Event extends AnyEvent>(
  nc: NatsConnection,
  options: EventFeedOptions,
): Promise<EventFeed<Event>> {
  const { log, from, lanes, sizeMax } = options;
  const stream = streamOfLog[log];
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: ASK_TIMEOUT_MS });
  const { created, state } = await manager.streams.info(stream);
  const consumer = await LogConsumer.open(nc, manager, {
    stream,
    from,
    filter: serverFilter(log, lanes),
    streamCreatedAt: created,
  });
  const isWanted = ({ subject }: LogMessage) => lanes === undefined || lanes.has(laneOfSubject(subject));
  const reader = new FeedReader(consumer, { sizeMax, isWanted });

  return {
    streamCreatedAt: created,
    lastPosition: state.last_seq,
    get hasMore() {
      return reader.hasMore;
    },
    async next(idleMs) {
      const messages = await reader.take(idleMs);
      return messages.map((message) => itemOf<Event>(message));
    },
    hurry: () => reader.hurry(),
    async passedUpTo() {
      // In this order: what is stored in between is pending then, or was delivered.
      const { state: now } = await manager.streams.info(stream);
      const hasAll =
        now.last_seq <= reader.takenUpTo ||
        ((await consumer.isAtEnd()) && consumer.lastPosition <= reader.takenUpTo);
      return hasAll ? now.last_seq : reader.takenUpTo;
    },
    stop: () => consumer.stop(),
  };
}

/**
 * What the server is to leave out. It follows one filter cheaply, but with several it looks every subject of the log
 * up for each message (see decision 0023); then everything is read, and the reader skips what is not for it.
 */
function serverFilter(log: LogName, lanes: ReadonlySet<string> | undefined): string | undefined {
  const [only, ...others] = lanes ?? [];
  return only === undefined || others.length > 0 ? undefined : everyLane(log, only);
}

/** Where a log ends. */
export async function lastPositionOf(nc: NatsConnection, log: LogName): Promise<number> {
  return (await standOf(nc, log)).position;
}

/** Where a log ends, and since when its stream is there: positions of another stream say nothing of this one. */
export interface LogStand {
  readonly position: number;
  readonly createdAt: string;
}

export async function standOf(nc: NatsConnection, log: LogName): Promise<LogStand> {
  const manager = await jetstreamManager(nc, { checkAPI: false });
  const { state, created } = await manager.streams.info(streamOfLog[log]);
  return { position: state.last_seq, createdAt: created };
}

/** Asks the consumer for its reader, and ahead of it while answers are full: one question is out at a time. */
class FeedReader {
  readonly #consumer: LogConsumer;
  readonly #sizeMax: number;
  readonly #isWanted: (message: LogMessage) => boolean;
  #asked: Promise<void> | undefined;
  #arrived: readonly LogMessage[] = [];
  #failure: unknown;
  #takenUpTo = 0;
  #hasMore = false;
  #wake: () => void = () => undefined;

  constructor(
    consumer: LogConsumer,
    options: { readonly sizeMax: number; readonly isWanted: (message: LogMessage) => boolean },
  ) {
    this.#consumer = consumer;
    this.#sizeMax = options.sizeMax;
    this.#isWanted = options.isWanted;
  }

  /** The position of the last message that the reader has, or that was skipped for it. */
  get takenUpTo(): number {
    return this.#takenUpTo;
  }

  get hasMore(): boolean {
    return this.#hasMore;
  }

  hurry(): void {
    this.#wake();
  }

  async take(idleMs: number): Promise<readonly LogMessage[]> {
    const endMs = performance.now() + idleMs;
    for (;;) {
      const messages = await this.#takeAnswer(Math.max(0, endMs - performance.now()));
      const wanted = messages.filter(this.#isWanted);
      // Behind what is skipped there may be something to hand out: a backlog is gone through, news for as long as asked.
      const isTimeUp = !this.#hasMore && performance.now() >= endMs;
      if (wanted.length > 0 || messages.length === 0 || isTimeUp) return wanted;
    }
  }

  async #takeAnswer(idleMs: number): Promise<readonly LogMessage[]> {
    if (this.#arrived.length === 0) {
      const isOut = this.#asked !== undefined;
      const asked = (this.#asked ??= this.#ask(idleMs > 0 ? PULL_MS : 0));
      // What is there now is answered at once. A question that waits at the server is left there for the next time.
      if (idleMs === 0 && !isOut) await asked;
      else await this.#within(idleMs, asked);
    }
    if (this.#failure !== undefined) throw this.#failure;

    const messages = this.#arrived;
    this.#arrived = [];
    this.#takenUpTo = messages.at(-1)?.position ?? this.#takenUpTo;
    this.#hasMore = messages.length === this.#sizeMax;
    if (this.#hasMore) this.#asked ??= this.#ask(0);
    return messages;
  }

  async #ask(waitMs: number): Promise<void> {
    try {
      this.#arrived = await this.#consumer.pull(this.#sizeMax, waitMs);
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#asked = undefined;
    }
  }

  async #within(durationMs: number, asked: Promise<void>): Promise<void> {
    const woken = Promise.withResolvers<void>();
    const timer = setTimeout(woken.resolve, durationMs);
    this.#wake = woken.resolve;
    await Promise.race([asked, woken.promise]);
    clearTimeout(timer);
  }
}

function itemOf<Event extends AnyEvent>(message: LogMessage): FeedItem<Event> {
  const { position, subject, data } = message;
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
