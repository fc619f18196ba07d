import { type Kysely, sql } from 'kysely';
import { DatabaseError } from 'pg';

/**
 * Classes of SQLSTATE that one event can be to blame for: bad data, a broken constraint, a row met twice, a limit of
 * size, and what a trigger raises. Everything else (no connection, no right, no table, no memory, a deadlock) is the
 * state of the world and would befall the next event as well.
 */
const DATA_FAULT_CLASSES = new Set(['21', '22', '23', '54', 'P0']);

/** Whether what was thrown while a batch was applied is its events' fault, or the database's. */
export async function isDataFault<Db>(error: unknown, db: Kysely<Db>): Promise<boolean> {
  if (error instanceof DatabaseError) return DATA_FAULT_CLASSES.has(error.code?.slice(0, 2) ?? '');
  // The driver reports a lost connection by plain errors. If the connection still answers, a handler threw.
  try {
    await sql`select 1`.execute(db);
    return true;
  } catch {
    return false;
  }
}

/** One line for a log, a health answer and a parked event: the message and where it comes from, without row values. */
export function faultText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = error instanceof DatabaseError && error.code !== undefined ? ` (SQLSTATE ${error.code})` : '';
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}${code}`;
}
