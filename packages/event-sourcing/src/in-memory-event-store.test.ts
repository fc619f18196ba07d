import { describeEventStore } from './event-store.features.ts';
import { InMemoryEventStore } from './in-memory-event-store.ts';

describeEventStore('memory', async () => new InMemoryEventStore());
