import {
  failed,
  type fileCommands,
  type fileQueries,
  ok,
  type Outcome,
  refused,
  type seesFile,
} from '@parley/contracts';
import { LogFullError, UnknownAppendError } from '@parley/event-sourcing';
import type { Asked, AnswerTable, OutcomeOf } from '@parley/jetstream';
import { answerAt, type FollowedModel } from '@parley/postgres';
import type { Kysely } from 'kysely';

import type { FileCommands } from '../commands/file-commands.ts';
import { getFile } from '../queries/get-file.query.ts';
import type { FileDb } from '../storage/schema.ts';

export interface AnswerPorts {
  readonly db: Kysely<FileDb>;
  readonly files: FollowedModel;
  readonly commands: FileCommands;
  /** Asks the services that know where a file is shown and to whom: in messages, and as a group's picture. */
  readonly showing: readonly ((
    asked: Pick<Asked<typeof seesFile>, 'data' | 'meta'>,
  ) => Promise<OutcomeOf<typeof seesFile>>)[];
}

type FileContract = (typeof fileCommands)[number] | (typeof fileQueries)[number];

/** What this service answers; a question of the contract without a row does not compile. */
export function fileAnswers({ db, files, commands, showing }: AnswerPorts): AnswerTable<FileContract> {
  return {
    'file.register': (asked) => act(() => commands.register(asked)),
    'file.attach': (asked) => act(() => commands.attach(asked)),

    'file.get-file': async ({ data: { userId, fileId }, meta }) =>
      answerAt(meta.minPosition, { file: [files] }, async () => {
        const found = await getFile(db, fileId);
        if (found === undefined) return refused('file-not-found');
        if (found.ownerId === userId) return ok(found);
        const told = await Promise.all(showing.map((ask) => ask({ data: { userId, fileId }, meta })));
        if (told.some((one) => one.kind === 'ok' && one.answer.seesFile)) return ok(found);
        return told.find((one) => one.kind !== 'ok') ?? refused('file-not-found');
      }),

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
