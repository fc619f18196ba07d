import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Where a projection stands. One row each, in the schema of its tables and moved in the transaction that fills them. */
interface CheckpointTable {
  readonly projection: string;
  readonly log: string;
  /** What a rebuild empties: written here so that an operator's tool needs no code of the service. */
  readonly tables: string[];
  readonly position: number;
  /** The incarnation of the stream that the position belongs to; none before the first event and after a reset. */
  readonly stream_created_at: string | null;
}

/** An event that the projection could not take, set aside so that the rest goes on. */
interface ParkedEventTable {
  readonly projection: string;
  readonly position: number;
  readonly event_type: string;
  readonly aggregate_id: string;
  readonly payload: Buffer;
  readonly error: string;
  readonly parked_at: string;
}

/** The tables that the kit adds to every service's schema. */
export interface KitTables {
  checkpoint: CheckpointTable;
  parked_event: ParkedEventTable;
}

export const KIT_MIGRATION_NAME = '0000-projection-kit';

/** Runs first in every schema. */
export const kitMigration: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('checkpoint')
      .addColumn('projection', 'text', (column) => column.primaryKey())
      .addColumn('log', 'text', (column) => column.notNull())
      .addColumn('tables', sql`text[]`, (column) => column.notNull())
      .addColumn('position', 'bigint', (column) => column.notNull())
      .addColumn('stream_created_at', 'text')
      .execute();
    await db.schema
      .createTable('parked_event')
      .addColumn('projection', 'text', (column) => column.notNull())
      .addColumn('position', 'bigint', (column) => column.notNull())
      .addColumn('event_type', 'text', (column) => column.notNull())
      .addColumn('aggregate_id', 'text', (column) => column.notNull())
      .addColumn('payload', 'bytea', (column) => column.notNull())
      .addColumn('error', 'text', (column) => column.notNull())
      .addColumn('parked_at', 'timestamptz', (column) => column.notNull())
      .addPrimaryKeyConstraint('parked_event_key', ['projection', 'position'])
      .execute();
  },
};
