import { Dexie } from 'dexie';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';

import { dexieOutboxStorage } from './dexie-outbox-storage.ts';
import { describeOutboxStorage } from './outbox-storage.features.ts';

describeOutboxStorage('in IndexedDB', () => {
  Dexie.dependencies.indexedDB = new IDBFactory();
  Dexie.dependencies.IDBKeyRange = IDBKeyRange;
  return { open: () => dexieOutboxStorage() };
});
