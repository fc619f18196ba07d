import { jetstream, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { failed, type Outcome } from '@parley/contracts';
import { LogFullError } from '@parley/event-sourcing';

import {
  type CarriedCommand,
  type CommandRecord,
  type OutcomeRecord,
  parseCommandRecord,
} from './command-record.ts';
import { parkDeadLetter } from './dead-letters.ts';
import { isAway } from './queries.ts';
import { commandPartitions, type CommandService, replySubject } from './subjects.ts';
import { ACK_WAIT_MS, commandConsumer, commandStream, PRIORITY_GROUP } from './topology.ts';

/** A pull ends after so long: what bounds how long a frozen instance stays first in line. */
const PULL_EXPIRES_MS = 2_000;
const PULL_SIZE = 10;
/** The broker knows priorities 0 to 9. */
const PRIORITY_COUNT = 10;
/** A record that came so often killed whoever took it. */
const DELIVERY_COUNT_MAX = 8;
/** A command whose handling throws is tried so often before it is parked. */
const TRY_COUNT_MAX = 5;
const RETRY_PAUSE_MS = 200;
const OUTCOME_BYTES_MAX = 512 * 1024;

/** What a handler must know about how its command came. */
export interface Delivery {
  /** When the command was first stored, where it was delivered before: a crash may have followed its append. */
  readonly redeliveredFrom: Date | undefined;
}

export interface CommandConsumerOptions {
  readonly service: CommandService;
  /** This instance's place among its equals; decides which partitions it is first in line for. */
  readonly ordinal: number;
  readonly count: number;
  readonly handle: (command: unknown, delivery: Delivery) => Promise<Outcome>;
  readonly onFault: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
}

export interface Consuming {
  /** Takes nothing more and resolves when what was taken is answered. */
  stop(): Promise<void>;
}

/**
 * Takes the commands of every partition, one record of a partition at a time. The server keeps the order and
 * gives a partition to the first in line that lives; who that is decides nothing but whose cache is warm.
 */
export async function runCommandConsumer(
  nc: NatsConnection,
  options: CommandConsumerOptions,
): Promise<Consuming> {
  const held = new Set<JsMsg>();
  // One clock for all partitions: a record that takes long is kept from being handed to somebody else.
  const extend = setInterval(() => held.forEach((message) => message.working()), ACK_WAIT_MS / 3);
  const partitions = Array.from({ length: commandPartitions[options.service] }, (_, partition) => partition);
  const loops = await Promise.all(
    partitions.map((partition) => openPartition(nc, options, { partition, held })),
  );
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
      clearInterval(extend);
    },
  };
}

async function openPartition(
  nc: NatsConnection,
  options: CommandConsumerOptions,
  { partition, held }: { readonly partition: number; readonly held: Set<JsMsg> },
): Promise<Consuming> {
  const consumer = await jetstream(nc).consumers.get(
    commandStream(options.service),
    commandConsumer(partition),
  );
  const priority = (partition + options.ordinal) % Math.min(Math.max(options.count, 1), PRIORITY_COUNT);
  const messages = await consumer.consume({
    max_messages: PULL_SIZE,
    expires: PULL_EXPIRES_MS,
    group: PRIORITY_GROUP,
    priority,
  });
  let stopping = false;
  const done = (async () => {
    for await (const message of messages) {
      held.add(message);
      try {
        await answerRecord(nc, options, message);
      } catch (error) {
        // Not even put aside, because the broker is away: it stays in the queue and comes again.
        options.onFault(error, { partition });
        if (!nc.isClosed()) message.nak(RETRY_PAUSE_MS);
      } finally {
        held.delete(message);
      }
    }
    if (!stopping) throw new Error(`the commands of partition ${partition} have ended by themselves`);
  })();
  // A loop that ends by itself would leave its partition to nobody, silently.
  done.catch((error: unknown) => options.onFault(error, { partition, fatal: true }));
  return {
    async stop() {
      stopping = true;
      await messages.close();
      await done;
    },
  };
}

async function answerRecord(
  nc: NatsConnection,
  options: CommandConsumerOptions,
  message: JsMsg,
): Promise<void> {
  const record = parseCommandRecord(message.data);
  const consumer = `cmd-${options.service}`;
  if (record === undefined || message.info.deliveryCount > DELIVERY_COUNT_MAX) {
    const reason =
      record === undefined ? 'not a command record' : `delivered ${message.info.deliveryCount} times`;
    options.onFault(new Error(reason), { subject: message.subject, parked: true });
    await parkDeadLetter(nc, {
      consumer,
      subject: message.subject,
      id: `${message.info.streamSequence}`,
      data: message.data,
      reason,
    });
    message.term(reason);
    return;
  }
  const delivery: Delivery = {
    redeliveredFrom: message.redelivered ? new Date(message.info.timestampNanos / 1e6) : undefined,
  };
  const outcomes = await answerCommands(record, async (carried) =>
    answerCommand(nc, options, { carried, delivery, message }),
  );
  const replyTo = replySubject(record.replyTo);
  for (const part of partsOf(outcomes)) nc.publish(replyTo, part);
  message.ack();
}

/** Outcome records that the broker carries: an answer repeats what it is about, so many together may be too large. */
function* partsOf(outcomes: OutcomeRecord['outcomes']): Generator<string> {
  let part: string[] = [];
  let bytes = 0;
  for (const outcome of outcomes) {
    const json = JSON.stringify(outcome);
    bytes += Buffer.byteLength(json);
    if (part.length > 0 && bytes > OUTCOME_BYTES_MAX) {
      yield `{"outcomes":[${part.join(',')}]}`;
      part = [];
      bytes = Buffer.byteLength(json);
    }
    part.push(json);
  }
  yield `{"outcomes":[${part.join(',')}]}`;
}

/** Commands of one aggregate are answered in order, those of different ones side by side. */
async function answerCommands(
  record: CommandRecord,
  answer: (carried: CarriedCommand) => Promise<Outcome>,
): Promise<OutcomeRecord['outcomes']> {
  const chains = new Map<string, Promise<unknown>>();
  return Promise.all(
    record.commands.map((carried) => {
      const before = chains.get(carried.aggregateId) ?? Promise.resolve();
      const outcome = before.then(async () => ({ ref: carried.ref, outcome: await answer(carried) }));
      chains.set(carried.aggregateId, outcome);
      return outcome;
    }),
  );
}

/** Handles until there is an outcome. What is away is waited for; what throws again and again is parked. */
async function answerCommand(
  nc: NatsConnection,
  options: CommandConsumerOptions,
  { carried, delivery, message }: { carried: CarriedCommand; delivery: Delivery; message: JsMsg },
): Promise<Outcome> {
  let again = delivery;
  for (let tries = 1; ;) {
    try {
      return await options.handle(carried.command, again);
    } catch (error) {
      if (error instanceof LogFullError) return failed('storage-full');
      options.onFault(error, { subject: message.subject, tries });
      // What the broker cannot answer now is waited for; what it refuses, again and again, is poison.
      if (!isAway(error)) tries += 1;
      if (tries > TRY_COUNT_MAX) {
        const data = new TextEncoder().encode(
          JSON.stringify({ replyTo: 'dlq', commands: [carried] } satisfies CommandRecord),
        );
        const id = `${message.info.streamSequence}:${carried.ref}`;
        await parkDeadLetter(nc, {
          consumer: `cmd-${options.service}`,
          subject: message.subject,
          id,
          data,
          reason: String(error),
        });
        return failed('internal');
      }
      again = { redeliveredFrom: again.redeliveredFrom ?? new Date(message.info.timestampNanos / 1e6) };
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
    }
  }
}
