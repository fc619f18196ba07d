import type { JsMsg } from '@nats-io/jetstream';
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
import { type CommandService, replySubject } from './subjects.ts';

/** A record that came so often killed whoever took it. */
const DELIVERY_COUNT_MAX = 8;
/** A command whose handling throws is tried so often before it is parked. */
const TRY_COUNT_MAX = 5;
export const RETRY_PAUSE_MS = 200;
const OUTCOME_BYTES_MAX = 512 * 1024;

/** What a handler must know about how its command came. */
export interface Delivery {
  /** When the command was first stored, where it may have been out before: a crash may have followed its append. */
  readonly redeliveredFrom: Date | undefined;
}

export interface CommandHandling {
  readonly service: CommandService;
  readonly handle: (command: unknown, delivery: Delivery) => Promise<Outcome>;
  readonly onFault: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
}

/** Answers every command of a record, or puts the record aside, and takes it out of the queue. */
export async function answerRecord(
  nc: NatsConnection,
  options: CommandHandling,
  { message, mayHaveBeenOut }: { readonly message: JsMsg; readonly mayHaveBeenOut: boolean },
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
    redeliveredFrom: mayHaveBeenOut ? new Date(message.info.timestampNanos / 1e6) : undefined,
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
  options: CommandHandling,
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
