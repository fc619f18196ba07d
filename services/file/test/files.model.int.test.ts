import { strictEqual } from 'node:assert/strict';
import { createHash } from 'node:crypto';

import {
  type CommandOf,
  type FileEvent,
  type FileId,
  type MessageId,
  type registerFile,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { foldEvents, runDecision } from '@parley/event-sourcing';
import { hashProjection, resetProjection } from '@parley/postgres';
import { an, binh, chi, chronicle, databaseTest, hanoi, runInBatches } from '@parley/testing';
import * as fc from 'fast-check';
import { expect } from 'vitest';

import { type attachFile, file, type FileState } from '../src/domain/file.decider.ts';
import { files } from '../src/projections/files.projection.ts';
import { migrations } from '../src/storage/migrations/index.ts';
import type { FileDb } from '../src/storage/schema.ts';

const OPERATION_COUNT = 50_000;
const FILE_COUNT = 15_000;
const LIVE_BATCH_SIZE = 700;
const REBUILD_BATCH_SIZE = 5_000;

const test = databaseTest<FileDb>(migrations);

/** What one file is to the plainest reading: whose it is, what it is called, and which message has it. */
interface PlainFile {
  readonly ownerId: UserId;
  readonly name: string;
  messageId: MessageId | null;
}

const operation = fc.record({
  isAttach: fc.boolean(),
  who: fc.constantFrom(an, binh, chi),
  which: fc.nat(FILE_COUNT - 1),
  name: fc.constantFrom('a.jpg', 'b.jpg'),
  message: fc.nat(OPERATION_COUNT),
});
type Operation = typeof operation extends fc.Arbitrary<infer Drawn> ? Drawn : never;

const idOf = <Id extends string>(prefix: string, number: number) =>
  `${prefix}_${String(number).padStart(26, '0')}` as Id;

/** Lets people register and attach files by the rules, and keeps two accounts: the log, and the plain one. */
class Cupboard {
  readonly log = chronicle<FileEvent>();
  readonly plain = new Map<FileId, PlainFile>();
  readonly #states = new Map<FileId, FileState>();

  happens(drawn: Operation): void {
    const fileId = idOf<FileId>('fil', drawn.which);
    const messageId = idOf<MessageId>('msg', drawn.message);
    const state = this.#states.get(fileId) ?? file.initialState;
    const decision = runDecision(file, state, commandOf(drawn, fileId, messageId));
    const code = decision.accepted ? undefined : decision.code;
    strictEqual(code, this.#expected(drawn, fileId, messageId));
    for (const fact of decision.accepted ? decision.events : []) {
      this.log.record(fileId, drawn.who, fact);
      const recorded = this.log.events.slice(-1);
      this.#states.set(fileId, foldEvents(file, recorded, this.#states.get(fileId) ?? file.initialState));
    }
  }

  /** Why it is refused by the plain account, which else takes it in. */
  #expected({ isAttach, who, name }: Operation, fileId: FileId, messageId: MessageId): string | undefined {
    const known = this.plain.get(fileId);
    if (!isAttach) {
      if (known === undefined) this.plain.set(fileId, { ownerId: who, name, messageId: null });
      else if (known.ownerId !== who || known.name !== name) return 'idempotency-key-reused';
      return undefined;
    }
    if (known?.ownerId !== who) return 'file-not-found';
    if (known.messageId !== null && known.messageId !== messageId) return 'file-already-attached';
    known.messageId = messageId;
    return undefined;
  }
}

function commandOf(
  { isAttach, who, name }: Operation,
  fileId: FileId,
  messageId: MessageId,
): CommandOf<typeof registerFile | typeof attachFile> {
  const at = timestampOf(0);
  const meta = { commandId: 'command', tenant: 'main' as Tenant, actorId: who, at, correlationId: 'model' };
  if (!isAttach) {
    return { type: 'file.register', data: { fileId, name, sizeBytes: 1, mediaType: 'image/jpeg' }, meta };
  }
  return { type: 'file.attach', data: { fileId, messageId, conversationId: hanoi }, meta };
}

function hashOf(rows: readonly (readonly unknown[])[]): string {
  const lines = rows.map((row) => JSON.stringify(row)).toSorted();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

test(
  `after ${OPERATION_COUNT} random acts the files are a fold of their logs, and again after a rebuild`,
  { timeout: 120_000 },
  async ({ db }) => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const length = { minLength: OPERATION_COUNT, maxLength: OPERATION_COUNT };
    const [drawn = []] = fc.sample(fc.array(operation, length), { numRuns: 1, seed });
    expect(drawn).toHaveLength(OPERATION_COUNT);
    const cupboard = new Cupboard();
    for (const one of drawn) cupboard.happens(one);
    const { events: history } = cupboard.log;
    await runInBatches(db, files, { history, batchSize: LIVE_BATCH_SIZE });

    const rows = await db.selectFrom('file').select(['file_id', 'owner_id', 'name', 'message_id']).execute();
    const told = hashOf(rows.map((row) => [row.file_id, row.owner_id, row.name, row.message_id]));
    const wanted = [...cupboard.plain].map(([id, one]) => [id, one.ownerId, one.name, one.messageId]);
    expect({ seed, told }).toEqual({ seed, told: hashOf(wanted) });

    const before = await hashProjection(db, files);
    await resetProjection(db, files.name);
    await runInBatches(db, files, { history, batchSize: REBUILD_BATCH_SIZE });
    const after = await hashProjection(db, files);
    expect({ seed, after }).toEqual({ seed, after: before });
    process.stdout.write(`files after ${OPERATION_COUNT} acts and a rebuild: ${after.total}\n`);
  },
);
