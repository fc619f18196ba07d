import { jetstream, jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';

import { deadLetterSubject } from './subjects.ts';
import { DEAD_LETTER_STREAM } from './topology.ts';

const PARK_TIMEOUT_MS = 5_000;
const SUBJECT_HEADER = 'Parley-Subject';
const REASON_HEADER = 'Parley-Reason';
const REASON_LENGTH_MAX = 500;

const EVENT_SPACE = 'evt.';

/** A letter that cannot be put back where it came from. */
export class LetterIsAnEventError extends Error {
  override readonly name = 'LetterIsAnEventError';
}

/** Something that nobody could handle, as it lies in the dead-letter stream. */
export interface DeadLetter {
  readonly id: number;
  readonly consumer: string;
  /** Where it came from, and where a replay puts it back. */
  readonly subject: string;
  readonly reason: string;
  readonly parkedAt: Date;
  readonly data: Uint8Array;
}

/** Puts poison aside, with its error, so that what is behind it flows. Resolves when it is stored. */
export async function parkDeadLetter(
  nc: NatsConnection,
  letter: {
    readonly consumer: string;
    readonly subject: string;
    readonly id: string;
    readonly data: Uint8Array;
    readonly reason: string;
  },
): Promise<void> {
  const head = headers();
  head.set(SUBJECT_HEADER, letter.subject);
  head.set(REASON_HEADER, letter.reason.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, REASON_LENGTH_MAX));
  await jetstream(nc).publish(deadLetterSubject(letter.consumer), letter.data, {
    headers: head,
    msgID: `${letter.consumer}:${letter.id}`,
    timeout: PARK_TIMEOUT_MS,
  });
}

/** The parked letters after an id, oldest first, at most `limit` of them. */
export async function listDeadLetters(
  nc: NatsConnection,
  options: { readonly afterId: number; readonly limit: number },
): Promise<DeadLetter[]> {
  const manager = await jetstreamManager(nc, { checkAPI: false });
  const { state } = await manager.streams.info(DEAD_LETTER_STREAM);
  const letters: DeadLetter[] = [];
  for (
    let id = Math.max(options.afterId + 1, state.first_seq);
    id <= state.last_seq && letters.length < options.limit;
    id += 1
  ) {
    const message = await manager.streams.getMessage(DEAD_LETTER_STREAM, { seq: id });
    if (message) letters.push(letterOf(message));
  }
  return letters;
}

export async function getDeadLetter(nc: NatsConnection, id: number): Promise<DeadLetter | undefined> {
  const manager = await jetstreamManager(nc, { checkAPI: false });
  const message = await manager.streams.getMessage(DEAD_LETTER_STREAM, { seq: id });
  return message ? letterOf(message) : undefined;
}

/**
 * Puts a letter back where it came from and takes it out of the stream. Harmless twice: what it asks is idempotent.
 * @throws {LetterIsAnEventError} for what a policy has parked.
 */
export async function replayDeadLetter(nc: NatsConnection, id: number): Promise<DeadLetter | undefined> {
  const letter = await getDeadLetter(nc, id);
  if (letter === undefined) return undefined;
  // A policy parks a copy of an event that is in its log for ever. Put back, it would stand there twice.
  if (letter.subject.startsWith(EVENT_SPACE)) {
    throw new LetterIsAnEventError(
      `Letter ${id} is an event that is still in its log; it may not be written twice.`,
    );
  }
  await jetstream(nc).publish(letter.subject, letter.data, {
    msgID: `replay:${id}`,
    timeout: PARK_TIMEOUT_MS,
  });
  const manager = await jetstreamManager(nc, { checkAPI: false });
  await manager.streams.deleteMessage(DEAD_LETTER_STREAM, id, false);
  return letter;
}

function letterOf(message: StoredMsg): DeadLetter {
  return {
    id: message.seq,
    consumer: message.subject.slice('dlq.'.length),
    subject: message.header.get(SUBJECT_HEADER),
    reason: message.header.get(REASON_HEADER),
    parkedAt: message.time,
    data: message.data,
  };
}
