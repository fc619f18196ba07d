import { Buffer } from 'node:buffer';

import {
  connectNats,
  type DeadLetter,
  getDeadLetter,
  listDeadLetters,
  replayDeadLetter,
} from '@parley/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Command, InvalidArgumentError } from 'commander';

import type { Reach } from './admin.ts';
import { withData } from './data-option.ts';

const LIST_SIZE_DEFAULT = 50;
const LIST_SIZE_MAX = 1_000;

interface ListOptions {
  readonly data: string;
  readonly after: number;
  readonly limit: number;
  readonly json?: true;
}

/** `parley dlq`: what nobody could handle, and putting it back once the cause is mended. */
export function deadLetterCommand(reach: Reach): Command {
  const list = withData(new Command('list'))
    .description('parked letters, oldest first')
    .option('--after <id>', 'only those after this one', wholeNumber, 0)
    .option('--limit <count>', `at most ${LIST_SIZE_MAX}`, wholeNumber, LIST_SIZE_DEFAULT)
    .option('--json', 'one JSON object a line')
    .action(async ({ data, after, limit, json }: ListOptions) => {
      const options = { afterId: after, limit: Math.min(limit, LIST_SIZE_MAX) };
      const letters = await withNats(reach, data, (nc) => listDeadLetters(nc, options));
      if (letters.length === 0 && json === undefined) process.stdout.write('No letter is parked.\n');
      for (const letter of letters) {
        process.stdout.write(`${json ? JSON.stringify(summaryOf(letter)) : lineOf(letter)}\n`);
      }
    });
  const show = withData(new Command('show'))
    .description('one letter with its body, which may hold what people wrote')
    .argument('<id>', 'its number in the list', wholeNumber)
    .action(async (id: number, { data }: ListOptions) => {
      const letter = found(await withNats(reach, data, (nc) => getDeadLetter(nc, id)), id);
      process.stdout.write(`${lineOf(letter)}\n${Buffer.from(letter.data).toString('utf8')}\n`);
    });
  const replay = withData(new Command('replay'))
    .description('put a letter back where it came from')
    .argument('<id>', 'its number in the list', wholeNumber)
    .action(async (id: number, { data }: ListOptions) => {
      const letter = found(await withNats(reach, data, (nc) => replayDeadLetter(nc, id)), id);
      process.stdout.write(`Letter ${id} is back on ${letter.subject}.\n`);
    });

  return new Command('dlq')
    .description('letters that were parked because nobody could handle them')
    .addCommand(list)
    .addCommand(show)
    .addCommand(replay);
}

async function withNats<Answer>(
  reach: Reach,
  dataDir: string,
  ask: (nc: NatsConnection) => Promise<Answer>,
): Promise<Answer> {
  const { natsUrl } = await reach(dataDir);
  const nc = await connectNats({ url: natsUrl, name: 'parley dlq' });
  try {
    return await ask(nc);
  } finally {
    await nc.close();
  }
}

function found(letter: DeadLetter | undefined, id: number): DeadLetter {
  if (letter === undefined) throw new Error(`There is no parked letter ${id}.`);
  return letter;
}

function summaryOf({ id, consumer, subject, reason, parkedAt, data }: DeadLetter) {
  return { id, consumer, subject, reason, parkedAt: parkedAt.toISOString(), bytes: data.length };
}

function lineOf({ id, consumer, subject, reason, parkedAt }: DeadLetter): string {
  return `${id}  ${parkedAt.toISOString()}  ${consumer}  ${subject}  ${reason}`;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
