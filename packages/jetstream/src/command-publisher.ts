import { jetstream, JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import { headers, type Msg, type NatsConnection, nuid } from '@nats-io/transport-node';
import { type AggregateId, failed, type Outcome } from '@parley/contracts';

import { type CarriedCommand, parseOutcomeRecord } from './command-record.ts';
import { Departures } from './departures.ts';
import { type CommandService, commandSubject, partitionOf, replySubject } from './subjects.ts';
import { ACK_WAIT_MS } from './topology.ts';

/** How many commands, and how many bytes of them, one record may hold: one fsync and one wake-up for all. */
const RECORD_COMMAND_COUNT_MAX = 200;
const RECORD_BYTES_MAX = 192 * 1024;
/** How many commands may wait for the publish before theirs; more are refused at once. */
const QUEUE_LENGTH_MAX = 5_000;
const PUBLISH_TIMEOUT_MS = 2_000;
/** How long a record is tried before its commands are given up as unknown. */
const HAND_OVER_MS_MAX = 5_000;
const RETRY_PAUSE_MS = 100;
/** A partition's next record waits for the answer to the one before, but no longer than this: either may be lost. */
const TURN_MS_MAX = 250;
/**
 * A partition whose longest waiter has waited so long takes nothing more. What came now would wait longer still, and
 * end as unknown at its deadline: refused it is definite, and its sender knows when to come again.
 */
export const LONGEST_WAIT_MS = 5_000;
/**
 * What was out when the connection broke is answered within the broker's patience once it is back, or was answered
 * while nobody listened here: an answer is given once.
 */
const LOST_ANSWER_WAIT_MS = ACK_WAIT_MS + 1_000;

const NOT_LEFT = Number.POSITIVE_INFINITY;

export interface SendOptions {
  readonly service: CommandService;
  readonly aggregateId: AggregateId;
  /** After this long without an outcome the answer is `unknown-outcome`. */
  readonly deadlineMs: number;
  /** Called when the command is on disk and its outcome is not there yet. */
  readonly onStored?: (() => void) | undefined;
}

interface Waiting {
  readonly carried: CarriedCommand;
  readonly json: string;
  readonly onStored: (() => void) | undefined;
  readonly settle: (outcome: Outcome) => void;
  /** The same, for an outcome that its service has said. */
  readonly answered: (outcome: Outcome) => void;
  readonly sinceMs: number;
  /** Which record of its partition it left in: from then on its answer may come, and may be lost. None before. */
  record: number;
  /** Set by who waits for the outcome to go on with the next record. */
  onSettled: (() => void) | undefined;
}

interface Identified {
  readonly record: string;
  readonly msgID: string;
}

interface PartitionQueue {
  readonly subject: string;
  readonly waiting: Waiting[];
  /** Everything without an outcome, the longest waiter first, but for what a later answer has overtaken. */
  readonly line: Set<Waiting>;
  /** Somebody has waited until their deadline, and nobody has been answered since. */
  isStalled: boolean;
  publishing: boolean;
}

/**
 * Hands commands over to their service and waits for the outcomes.
 *
 * Commands of one partition that come while a publish is under way leave together in the next record, so load
 * makes batches by itself and an idle system pays nothing.
 */
export class CommandPublisher {
  readonly #nc: NatsConnection;
  readonly #client: JetStreamClient;
  readonly #instance: string;
  readonly #departures: Departures;
  readonly #queues = new Map<string, PartitionQueue>();
  readonly #pending = new Map<string, Waiting>();
  #connected = true;
  #nextRef = 0;
  #recordCount = 0;

  /** `soon` resolves when the process is done with what it is at, by which a busy one gathers more. */
  constructor(
    nc: NatsConnection,
    options: { readonly instance: string; readonly soon?: () => Promise<void> },
  ) {
    this.#nc = nc;
    this.#client = jetstream(nc);
    this.#instance = options.instance;
    this.#departures = new Departures(options.soon ?? (() => Promise.resolve()));
    nc.subscribe(replySubject(this.#instance), {
      callback: (error, message) => {
        if (!error) this.#receive(message);
      },
    });
    void this.#watchConnection();
  }

  /** How many commands wait for an outcome. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Hands one command over. Never throws: what goes wrong is an outcome. */
  async send(command: unknown, options: SendOptions): Promise<Outcome> {
    if (!this.#connected) return failed('unavailable');
    const queue = this.#queueOf(options.service, options.aggregateId);
    if (queue.waiting.length >= QUEUE_LENGTH_MAX || isOverloaded(queue)) return failed('unavailable');

    this.#nextRef += 1;
    const ref = `${this.#nextRef}`;
    return new Promise<Outcome>((resolve) => {
      const settle = (outcome: Outcome) => {
        if (!this.#pending.delete(ref)) return;
        queue.line.delete(waiting);
        clearTimeout(timer);
        resolve(outcome);
        waiting.onSettled?.();
      };
      const giveUp = () => {
        queue.isStalled ||= queue.line.has(waiting);
        settle(failed('unknown-outcome'));
      };
      const timer = setTimeout(giveUp, options.deadlineMs);
      const carried = { ref, aggregateId: options.aggregateId, command };
      const waiting: Waiting = {
        carried,
        json: JSON.stringify(carried),
        onStored: options.onStored,
        settle,
        answered: (outcome) => {
          queue.isStalled = false;
          overtake(queue.line, waiting);
          settle(outcome);
        },
        sinceMs: performance.now(),
        record: NOT_LEFT,
        onSettled: undefined,
      };
      this.#pending.set(ref, waiting);
      queue.waiting.push(waiting);
      queue.line.add(waiting);
      if (!queue.publishing) void this.#publishQueue(queue);
    });
  }

  #queueOf(service: CommandService, aggregateId: AggregateId): PartitionQueue {
    const subject = commandSubject(service, partitionOf(service, aggregateId));
    const known = this.#queues.get(subject);
    if (known) return known;
    const queue: PartitionQueue = {
      subject,
      waiting: [],
      line: new Set(),
      isStalled: false,
      publishing: false,
    };
    this.#queues.set(subject, queue);
    return queue;
  }

  async #publishQueue(queue: PartitionQueue): Promise<void> {
    queue.publishing = true;
    while (queue.waiting.length > 0) {
      const landed = await this.#departures.leave();
      const batch = takeBatch(queue.waiting);
      this.#recordCount += 1;
      for (const waiting of batch) waiting.record = this.#recordCount;
      const commands = batch.map(({ json }) => json).join(',');
      // A CommandRecord, put together from the commands' own JSON so that each is encoded once.
      const record = `{"replyTo":${JSON.stringify(this.#instance)},"commands":[${commands}]}`;
      // Its id makes every repeat of it harmless.
      const msgID = nuid.next();
      this.#handOver(queue.subject, { record, msgID });
      const isAnswered = await this.#answered(batch);
      landed();
      if (isAnswered) continue;

      const fault = await this.#publishRecord(queue.subject, { record, msgID });
      for (const { carried, onStored, settle } of batch) {
        if (fault) settle(failed(fault));
        // The outcome may be here before the broker's word; who has it need not hear that it was stored.
        else if (this.#pending.has(carried.ref)) onStored?.();
      }
    }
    queue.publishing = false;
  }

  /**
   * An outcome says by itself that the record was stored, so nobody is told that first: the broker need not answer
   * and this process is woken once less for each record.
   */
  #handOver(subject: string, { record, msgID }: Identified): void {
    const named = headers();
    named.set('Nats-Msg-Id', msgID);
    try {
      this.#nc.publish(subject, record, { headers: named });
    } catch {
      // A closed connection says so to the repeat as well, which turns it into an outcome.
    }
  }

  /**
   * The service takes one record of a partition at a time, so a record sent earlier would only wait there. Here it
   * grows meanwhile. @returns whether the answer has come.
   */
  async #answered(batch: readonly Waiting[]): Promise<boolean> {
    const last = batch.at(-1);
    if (last === undefined || !this.#pending.has(last.carried.ref)) return true;
    return new Promise<boolean>((resolve) => {
      const timer = setTimeout(resolve, TURN_MS_MAX, false);
      last.onSettled = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  /** Publishes until the broker says that the record is stored, or was before. */
  async #publishRecord(
    subject: string,
    { record, msgID }: Identified,
  ): Promise<'unavailable' | 'unknown-outcome' | undefined> {
    const giveUpAtMs = Date.now() + HAND_OVER_MS_MAX;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#client.publish(subject, record, { msgID, timeout: PUBLISH_TIMEOUT_MS });
        return undefined;
      } catch (error) {
        // The server's own word that it did not store it: the queue is full, which is how it pushes back. What was
        // handed over before it came first on this connection, and would have made this a duplicate.
        // After a try without an answer it says nothing about that one.
        if (error instanceof JetStreamApiError) return attempt === 1 ? 'unavailable' : 'unknown-outcome';
        if (Date.now() > giveUpAtMs || this.#nc.isClosed()) return 'unknown-outcome';
        await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
      }
    }
  }

  /** Nothing may be thrown here: the connection would stop reading. What is no answer is no answer to anybody. */
  #receive(message: Msg): void {
    const record = parseOutcomeRecord(message.data);
    for (const { ref, outcome } of record?.outcomes ?? []) this.#pending.get(ref)?.answered(outcome);
  }

  async #watchConnection(): Promise<void> {
    for await (const status of this.#nc.status()) {
      if (status.type === 'disconnect') this.#connected = false;
      if (status.type !== 'reconnect') continue;
      this.#connected = true;
      this.#giveUpLostAnswers();
    }
  }

  /** Who asked is told that the outcome is unknown, and may try again, long before the deadline. */
  #giveUpLostAnswers(): void {
    const out = [...this.#pending.values()].filter(({ record }) => record !== NOT_LEFT);
    if (out.length === 0) return;
    setTimeout(() => out.forEach(({ settle }) => settle(failed('unknown-outcome'))), LOST_ANSWER_WAIT_MS);
  }
}

/**
 * Whoever has given up is still in the service's queue. So a partition that has let somebody wait for nothing is asked
 * by one command at a time until it answers one: more would only lengthen that queue.
 */
function isOverloaded({ line, isStalled }: PartitionQueue): boolean {
  if (isStalled) return line.size > 0;
  const [longest] = line;
  return longest !== undefined && performance.now() - longest.sinceMs > LONGEST_WAIT_MS;
}

/**
 * A partition's commands are answered record by record, in order. What left in an earlier one and has no answer has
 * lost it: it says nothing of how long the partition takes, and waits for its deadline alone.
 */
function overtake(line: Set<Waiting>, answered: Waiting): void {
  for (const earlier of line) {
    if (earlier.record >= answered.record) return;
    line.delete(earlier);
  }
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const { json } of waiting) {
    bytes += Buffer.byteLength(json);
    if (count > 0 && (count === RECORD_COMMAND_COUNT_MAX || bytes > RECORD_BYTES_MAX)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}
