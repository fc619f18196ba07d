import {
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  type StoredMsg,
} from '@nats-io/jetstream';
import { errors, headers, type MsgHdrs, type NatsConnection, nuid } from '@nats-io/transport-node';
import type { AggregateId, RecordedEvent, StoredEvent, Tenant } from '@parley/contracts';
import {
  DuplicateAppendError,
  type EventStore,
  type LaneRange,
  laneOf,
  LogFullError,
  type LogName,
  RevisionConflictError,
  startOfLog,
  type Tail,
  UnknownAppendError,
} from '@parley/event-sourcing';

import { Requests } from './requests.ts';
import { eventSubject, expectationScope } from './subjects.ts';
import { DUPLICATE_WINDOW_MS, streamOfLog } from './topology.ts';

const APPEND_TIMEOUT_MS = 2_000;
/** For one page of a lane. */
const READ_TIMEOUT_MS = 5_000;
const READ_PAGE_SIZE = 500;

/** Wrong last sequence · that scope is in flight · that id is in flight: somebody appended, perhaps this very call. */
const CONFLICT_CODES = new Set([10071, 10164, 10158, 10201]);
/** The stream's limit, the account's or the disk's. */
const FULL_CODES = new Set([10023, 10047, 10077]);

/**
 * The event store over JetStream. Each append expects the last position of the aggregate's one scope
 * (`….<id>.*`); two scopes, or one append without, would break the check on a replicated stream.
 */
export class JetStreamEventStore<
  Event extends { readonly type: string; readonly data: unknown },
> implements EventStore<Event> {
  readonly #nc: NatsConnection;
  readonly #requests: Requests;
  readonly #manager: JetStreamManager;
  readonly #log: LogName;
  readonly #tenant: Tenant;
  readonly #stream: string;

  private constructor(
    nc: NatsConnection,
    manager: JetStreamManager,
    target: { readonly log: LogName; readonly tenant: Tenant },
  ) {
    this.#nc = nc;
    this.#requests = new Requests(nc);
    this.#manager = manager;
    this.#log = target.log;
    this.#tenant = target.tenant;
    this.#stream = streamOfLog[target.log];
  }

  static async open<Event extends { readonly type: string; readonly data: unknown }>(
    nc: NatsConnection,
    target: { readonly log: LogName; readonly tenant: Tenant },
  ): Promise<JetStreamEventStore<Event>> {
    return new JetStreamEventStore<Event>(nc, await jetstreamManager(nc, { checkAPI: false }), target);
  }

  async tail(aggregateId: AggregateId): Promise<Tail> {
    const scope = expectationScope(this.#log, this.#tenant, aggregateId);
    // Asked of the stream's leader: a direct read may come from a replica that has not heard of a conflict yet.
    const last = await this.#manager.streams.getMessage(this.#stream, { last_by_subj: scope });
    if (last === null) return startOfLog;
    return { position: last.seq, seq: last.json<{ seq?: number }>().seq ?? 0 };
  }

  async lanePosition(aggregateId: AggregateId, lane: string): Promise<number> {
    const subject = eventSubject(this.#log, this.#tenant, { aggregateId, lane });
    const last = await this.#manager.streams.getMessage(this.#stream, { last_by_subj: subject });
    return last?.seq ?? 0;
  }

  async readLane(
    aggregateId: AggregateId,
    lane: string,
    range: LaneRange,
  ): Promise<readonly RecordedEvent<Event>[]> {
    const subject = eventSubject(this.#log, this.#tenant, { aggregateId, lane });
    const events: RecordedEvent<Event>[] = [];
    let from: { seq: number } | { start_time: Date } = range.since
      ? { start_time: range.since }
      : { seq: (range.after ?? 0) + 1 };
    for (;;) {
      const page = await this.#readPage(subject, from);
      for (const message of page) {
        if (message.seq > range.upTo) return events;
        if (message.seq > (range.after ?? 0)) events.push(recordedEvent<Event>(message.data, message.seq));
      }
      const last = page.at(-1);
      if (last === undefined || page.length < READ_PAGE_SIZE) return events;
      from = { seq: last.seq + 1 };
    }
  }

  async append(
    aggregateId: AggregateId,
    events: readonly StoredEvent<Event>[],
    expectedPosition: number,
  ): Promise<readonly number[]> {
    const scope = expectationScope(this.#log, this.#tenant, aggregateId);
    const [first, ...rest] = events;
    if (first === undefined) return [];
    if (rest.length > 0) return this.#appendBatch(events, { scope, expectedPosition });
    const reply = await this.#ask(first, appendHeaders(first, 0, { scope, expectedPosition }));
    const positions = positionsOf(reply, 1);
    if (reply.duplicate === true) {
      throw new DuplicateAppendError(`${first.causationId} was stored before`, DUPLICATE_WINDOW_MS);
    }
    return positions;
  }

  async appendUnnumbered(event: StoredEvent<Event>, id: string): Promise<number> {
    const head = headers();
    head.set('Nats-Msg-Id', id);
    const [position = 0] = positionsOf(await this.#ask(event, head), 1);
    return position;
  }

  /**
   * Several events or none, in one round trip by the protocol's own headers: the library's batch drops the
   * expectation and hides the server's error.
   */
  async #appendBatch(events: readonly StoredEvent<Event>[], guard: Guard): Promise<readonly number[]> {
    const batch = nuid.next();
    for (const [index, event] of events.entries()) {
      const head = appendHeaders(event, index, guard);
      head.set('Nats-Batch-Id', batch);
      head.set('Nats-Batch-Sequence', String(index + 1));
      if (index < events.length - 1) {
        this.#nc.publish(this.#subjectOf(event), JSON.stringify(event), { headers: head });
        continue;
      }
      head.set('Nats-Batch-Commit', '1');
      return positionsOf(await this.#ask(event, head), events.length);
    }
    return [];
  }

  async #ask(event: StoredEvent<Event>, head: MsgHdrs): Promise<AppendReply> {
    const asking = { headers: head, timeoutMs: APPEND_TIMEOUT_MS };
    try {
      const reply = await this.#requests.ask(this.#subjectOf(event), JSON.stringify(event), asking);
      return reply.json<AppendReply>();
    } catch (error) {
      // No answer, no leader, no connection: nobody knows whether it was stored.
      throw new UnknownAppendError('no answer to an append', { cause: error });
    }
  }

  #subjectOf(event: StoredEvent<Event>): string {
    return eventSubject(this.#log, this.#tenant, {
      aggregateId: event.aggregateId,
      lane: laneOf(event.type).lane,
    });
  }

  /**
   * One page by a direct get. In its callback form, with a deadline and a stop of our own: the library's iterator
   * keeps its subscription for ever, and waits for ever where the connection goes in the middle of a page.
   */
  async #readPage(subject: string, from: { seq: number } | { start_time: Date }): Promise<StoredMsg[]> {
    const page: StoredMsg[] = [];
    const read = Promise.withResolvers<void>();
    const deadline = setTimeout(
      () => read.reject(new errors.TimeoutError({ cause: `a read of ${subject}` })),
      READ_TIMEOUT_MS,
    );
    const batch = await this.#manager.direct.getBatch(this.#stream, {
      ...from,
      batch: READ_PAGE_SIZE,
      next_by_subj: subject,
      callback: (done, message) => {
        if (done === null) page.push(message);
        else if (done.err === undefined || isNothingThere(done.err)) read.resolve();
        else read.reject(done.err);
      },
    });
    try {
      await read.promise;
      return page;
    } finally {
      clearTimeout(deadline);
      batch.stop();
    }
  }
}

/** "Nothing there" comes as an error. */
function isNothingThere(error: Error): boolean {
  return 'code' in error && error.code === 404;
}

/** A stored event as its readers get it. */
export function recordedEvent<Event extends { readonly type: string; readonly data: unknown }>(
  data: Uint8Array,
  position: number,
): RecordedEvent<Event> {
  const event = JSON.parse(decoder.decode(data)) as StoredEvent<Event>;
  return { ...event, position };
}

const decoder = new TextDecoder();

/** What every append expects: the last position over all numbered lanes. */
interface Guard {
  readonly scope: string;
  readonly expectedPosition: number;
}

function appendHeaders(event: StoredEvent, index: number, { scope, expectedPosition }: Guard): MsgHdrs {
  const head = headers();
  head.set('Nats-Msg-Id', dedupeId(event, index));
  head.set('Nats-Expected-Last-Subject-Sequence', String(expectedPosition));
  head.set('Nats-Expected-Last-Subject-Sequence-Subject', scope);
  return head;
}

interface AppendReply {
  readonly error?: { readonly code?: number; readonly err_code?: number; readonly description?: string };
  readonly seq?: number;
  readonly duplicate?: boolean;
}

function positionsOf(reply: AppendReply, count: number): number[] {
  if (reply.error) {
    const { code = 0, err_code = 0, description = 'the append was refused' } = reply.error;
    throw codeError(new JetStreamApiError({ code, err_code, description }));
  }
  const last = reply.seq ?? 0;
  return Array.from({ length: count }, (_, index) => last - count + 1 + index);
}

/** What the broker knows a repeated append by: the command and which of its events. */
export function dedupeId(event: StoredEvent, index: number): string {
  return `${event.aggregateId}:${event.causationId}:${index}`;
}

function codeError(cause: JetStreamApiError): Error {
  const { code, message } = cause;
  if (code === 10201) return new DuplicateAppendError(message, DUPLICATE_WINDOW_MS);
  if (CONFLICT_CODES.has(code)) return new RevisionConflictError(message, { cause });
  if (FULL_CODES.has(code)) return new LogFullError(message, { cause });
  return new UnknownAppendError(`an append was refused with ${code}: ${message}`, { cause });
}
