import { type Kysely, sql, type Transaction } from 'kysely';

import type { KitTables } from './kit-tables.ts';

/** A read model as the database knows it. */
export interface ProjectionIdentity {
  readonly name: string;
  readonly log: string;
  readonly tables: readonly string[];
}

export interface Checkpoint {
  readonly position: number;
  /** Absent as long as nothing was applied: then any stream will do. */
  readonly streamCreatedAt: string | undefined;
}

/** Somebody else moved the checkpoint: another instance was faster, or an operator asked for a rebuild. */
export class FencedOffError extends Error {
  override readonly name = 'FencedOffError';
}

/** Where the projection stands; makes its row when it has none. */
export async function openCheckpoint<Db>(
  db: Kysely<Db>,
  { name, log, tables }: ProjectionIdentity,
): Promise<Checkpoint> {
  const row = await kit(db)
    .insertInto('checkpoint')
    .values({ projection: name, log, tables: [...tables], position: 0, stream_created_at: null })
    .onConflict((conflict) => conflict.column('projection').doUpdateSet({ log, tables: [...tables] }))
    .returning(['position', 'stream_created_at'])
    .executeTakeFirstOrThrow();
  return { position: row.position, streamCreatedAt: row.stream_created_at ?? undefined };
}

/** The position only; 0 when the projection has not begun. */
export async function readPosition<Db>(db: Kysely<Db>, projection: string): Promise<number> {
  const row = await kit(db)
    .selectFrom('checkpoint')
    .select('position')
    .where('projection', '=', projection)
    .executeTakeFirst();
  return row?.position ?? 0;
}

export interface CheckpointMove {
  readonly from: number;
  readonly to: number;
  readonly streamCreatedAt: string;
}

/**
 * The fence, and the first statement of every batch: it takes the row's lock, so of two runners with the same
 * position one waits and then finds the row moved, and an operator's reset is between two batches.
 * @throws {FencedOffError} when the checkpoint is not where this runner left it.
 */
export async function moveCheckpoint<Db>(
  tx: Transaction<Db>,
  projection: string,
  move: CheckpointMove,
): Promise<void> {
  const { numUpdatedRows } = await kit(tx)
    .updateTable('checkpoint')
    .set({ position: move.to, stream_created_at: move.streamCreatedAt })
    .where('projection', '=', projection)
    .where('position', '=', move.from)
    .where(sql<boolean>`(stream_created_at is null or stream_created_at = ${move.streamCreatedAt})`)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new FencedOffError(`${projection} is not at ${move.from} any more`);
}

/** The same connection, knowing the kit's own tables instead of the service's. */
export function kit<Db>(db: Kysely<Db>): Kysely<KitTables> {
  return db as unknown as Kysely<KitTables>;
}
