import { type Dialect, Kysely, PostgresDialect } from 'kysely';
import { Pool, TypeOverrides, types } from 'pg';

import { preparing } from './prepared-statements.ts';

const POOL_SIZE_DEFAULT = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;
const STATEMENT_TIMEOUT_MS = 5_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;
/** The client gives up a little after the server should have: it may be the network that is silent. */
const QUERY_TIMEOUT_SLACK_MS = 2_000;
const KEEP_ALIVE_DELAY_MS = 5_000;
/**
 * What a page out of order costs, in pages in order. The read models' busy part is in memory or on a disk without a
 * head to move; with the server's own guess, made for such heads, it would read a whole table for a few hundred rows.
 */
const RANDOM_PAGE_COST = 1.1;

export interface PostgresOptions {
  /** `postgres://role:password@host:port/database`. */
  readonly url: string;
  /** Who asks: seen by an operator in `pg_stat_activity`. */
  readonly name: string;
  /** The schema that unqualified names mean; the role's own setting when absent. */
  readonly schema?: string;
  readonly poolSize?: number;
  readonly statementTimeoutMs?: number;
  /** Set where a commit need not wait for the disk because everything in it can be made again. */
  readonly commitsWithoutDisk?: boolean;
  /** A connection of the pool was closed, by whomever. */
  readonly onClosed?: () => void;
}

/**
 * A pool of connections that give up in time. Counters and positions (`bigint`) come as numbers: none of ours
 * can leave the safe range, and one that did would throw here instead of being rounded.
 */
export function connectPostgres<Db>(options: PostgresOptions): Kysely<Db> {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const pool = new Pool({
    connectionString: options.url,
    application_name: options.name,
    max: options.poolSize ?? POOL_SIZE_DEFAULT,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + QUERY_TIMEOUT_SLACK_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    types: numbersForBigints(),
    options: [
      `-c random_page_cost=${RANDOM_PAGE_COST}`,
      ...(options.schema === undefined ? [] : [`-c search_path=${options.schema},public`]),
      ...(options.commitsWithoutDisk === true ? ['-c synchronous_commit=off'] : []),
    ].join(' '),
  });
  // A connection that dies while nobody uses it says so by an event, which would end the process unheard.
  // The pool drops such a connection by itself; whoever holds one meets the error at the next statement.
  pool.on('error', ignore);
  pool.on('connect', (client) => {
    client.on('error', ignore);
    if (options.onClosed !== undefined) client.on('end', options.onClosed);
  });
  const dialect: Dialect = new PostgresDialect({ pool: preparing(pool) });

  return new Kysely<Db>({ dialect });
}

function numbersForBigints(): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(types.builtins.INT8, parseBigint);
  overrides.setTypeParser(types.builtins.NUMERIC, Number);
  return overrides;
}

function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} from the database is no safe integer`);
  return value;
}

function ignore(): void {
  // Nothing to do: see above.
}
