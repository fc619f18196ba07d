import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { DatabaseError, type Pool } from 'pg';

/** What is asked so often is asked again; what a list in it makes new each time is not worth keeping. */
const NAMED_AFTER_USE_COUNT = 3;
/** Each connection keeps the plan of each of them. */
const STATEMENT_COUNT_MAX = 256;
/** As many texts are counted; beyond it counting begins anew. */
const COUNTED_TEXT_COUNT_MAX = 1_024;

/** The statement's table has changed so that its answer has, too · the server, or a pooler before it, has forgotten it. */
const STALE_CODES: ReadonlySet<string> = new Set(['0A000', '26000']);

/**
 * Names for the statements that a pool repeats. Under a name a connection parses a statement once and after a few
 * uses also keeps its plan; for what reads a page, planning would cost several times the reading.
 */
export class PreparedStatements {
  readonly #useCounts = new Map<string, number>();
  readonly #names = new Map<string, string>();
  #namedCount = 0;

  /** The name for a text that is about to be used; none as long as it may be the only time. */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= STATEMENT_COUNT_MAX) return known;

    const useCount = (this.#useCounts.get(text) ?? 0) + 1;
    if (useCount <= NAMED_AFTER_USE_COUNT) {
      if (this.#useCounts.size >= COUNTED_TEXT_COUNT_MAX) this.#useCounts.clear();
      this.#useCounts.set(text, useCount);
      return undefined;
    }
    this.#useCounts.delete(text);
    this.#namedCount += 1;
    const name = `s${this.#namedCount}`;
    this.#names.set(text, name);
    return name;
  }

  /** A name means one statement on a connection for ever, so a text whose statement is no good gets another one. */
  forget(text: string): void {
    this.#names.delete(text);
  }
}

/** The pool with names for its repeated statements: those with parameters, others need no plan. */
export function preparing(pool: Pool): PostgresPool {
  const statements = new PreparedStatements();
  return {
    options: pool.options,
    connect: async () => {
      const client = await pool.connect();
      const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
        const name = values.length === 0 ? undefined : statements.nameOf(text);
        if (name === undefined) return client.query(text, [...values]);
        try {
          return await client.query({ name, text, values: [...values] });
        } catch (error) {
          if (error instanceof DatabaseError && STALE_CODES.has(error.code ?? '')) statements.forget(text);
          throw error;
        }
      };
      return {
        // Nothing here reads by a cursor, which is the other thing that could be handed in.
        query: query as PostgresPoolClient['query'],
        release: (isBroken?: boolean) => client.release(isBroken),
      };
    },
    end: () => pool.end(),
  };
}
