import {
  failed,
  type fileCommands,
  type fileQueries,
  ok,
  type Outcome,
  type Positions,
  refused,
  type seesFile,
} from '@parley/contracts';
import { formatPosition, LogFullError, UnknownAppendError } from '@parley/event-sourcing';
import type { Asked, AnswerTable, OutcomeOf } from '@parley/jetstream';
import { answerAt, type FollowedModel } from '@parley/postgres';
import type { Kysely } from 'kysely';

import type { FileCommands } from '../commands/file-commands.ts';
import { getFile } from '../queries/get-file.query.ts';
import type { FileDb } from '../storage/schema.ts';

export interface AnswerPorts {
  readonly db: Kysely<FileDb>;
  readonly files: FollowedModel;
  /** The last position of the log of files. */
  readonly endOfLog: () => Promise<number>;
  readonly commands: FileCommands;
  /** Asks the services that know where a file is shown and to whom: in messages, and as a group's picture. */
  readonly showing: readonly ((
    asked: Pick<Asked<typeof seesFile>, 'data' | 'meta'>,
  ) => Promise<OutcomeOf<typeof seesFile>>)[];
}

type FileContract = (typeof fileCommands)[number] | (typeof fileQueries)[number];

/** What this service answers; a question of the contract without a row does not compile. */
export function fileAnswers({
  db,
  files,
  endOfLog,
  commands,
  showing,
}: AnswerPorts): AnswerTable<FileContract> {
  return {
    'file.register': (asked) => act(() => commands.register(asked)),
    'file.attach': (asked) => act(() => commands.attach(asked)),

    'file.get-file': async ({ data: { userId, fileId }, meta }) => {
      const find = (minPosition: Positions | undefined) =>
        answerAt(minPosition, { file: [files] }, async () => {
          const file = await getFile(db, fileId);
          return file ? ok(file) : refused('file-not-found');
        });
      const known = await find(meta.minPosition);
      // Whoever was just told of a message may ask for its files before the table has them.
      const found = known.kind === 'refused' ? await find(formatPosition('file', await endOfLog())) : known;
      if (found.kind !== 'ok' || found.answer.ownerId === userId) return found;

      const told = await Promise.all(showing.map((ask) => ask({ data: { userId, fileId }, meta })));
      if (told.some((one) => one.kind === 'ok' && one.answer.seesFile)) return found;
      return told.find((one) => one.kind !== 'ok') ?? refused('file-not-found');
    },

    'file.check-picture': (asked) => commands.checkPicture(asked),
  };
}

/** An append that nobody answered may have happened: asking again finds out, and does it only once. */
async function act<Answer, Rejection extends string>(
  run: () => Promise<Outcome<Answer, Rejection>>,
): Promise<Outcome<Answer, Rejection>> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UnknownAppendError) return failed('unknown-outcome');
    if (error instanceof LogFullError) return failed('storage-full');
    throw error;
  }
}
