import { Dexie, type EntityTable } from 'dexie';

import type { OutboxItem, OutboxStorage } from './outbox-storage.ts';

interface Row {
  readonly order: number;
  readonly localId: string;
  readonly item: OutboxItem;
}

export interface DexieOutboxStorageOptions {
  /** The database, of which a page may have several. */
  readonly name?: string;
}

/** Keeps unsent messages in the browser's IndexedDB: they outlive the page, the browser and, with it, the day. */
export function dexieOutboxStorage({
  name = 'parley-outbox',
}: DexieOutboxStorageOptions = {}): OutboxStorage {
  // Without this a browser may say that it is done while the bytes are still on their way to the disk.
  const database = new Dexie(name, { chromeTransactionDurability: 'strict' }) as Dexie & {
    readonly rows: EntityTable<Row, 'order'>;
  };
  database.version(1).stores({ rows: '++order, &localId' });

  return {
    load: async () => (await database.rows.orderBy('order').toArray()).map(({ item }) => item),
    put: (item) =>
      database.transaction('rw', database.rows, async () => {
        const { localId } = item;
        const changed = await database.rows.where({ localId }).modify({ item });
        if (changed === 0) await database.rows.add({ localId, item });
      }),
    remove: async (localId) => {
      await database.rows.where({ localId }).delete();
    },
  };
}
