import { describeOutboxStorage } from './outbox-storage.features.ts';
import { memoryOutboxStorage } from './outbox-storage.ts';

describeOutboxStorage('in memory, as long as that lasts,', () => {
  const storage = memoryOutboxStorage();
  return { open: () => storage };
});
