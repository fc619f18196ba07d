import type { RecordedEvent } from '@parley/contracts';
import type { Transaction } from 'kysely';

import type { LogName } from './logs.ts';

/**
 * A read model, written as what each event does to its tables.
 *
 * A handler gets several events of its type at once and writes them with one statement. The runner keeps the
 * order of each aggregate's own events; handlers may therefore touch rows of their events' aggregates only.
 * Within one call, events stand in log order, and rows are declared so that types of one call apply in the
 * order of the table. An event type without a row here is never delivered.
 */
export interface Projection<Event extends { readonly type: string; readonly data: unknown }, Db> {
  readonly name: string;
  /** The kind of log it folds. */
  readonly log: LogName;
  /** The tables it owns: what a rebuild empties, and what its hash is taken over. */
  readonly tables: readonly (keyof Db & string)[];
  readonly on: {
    readonly [T in Event['type']]?: (
      tx: Transaction<Db>,
      events: readonly RecordedEvent<Extract<Event, { type: T }>>[],
    ) => Promise<unknown>;
  };
}
