import type { NatsConnection } from '@nats-io/transport-node';
import type {
  AggregateId,
  ConversationEvent,
  IdentityEvent,
  MessageEvent,
  PositionEvent,
  Tenant,
} from '@parley/contracts';
import { JetStreamEventStore } from '@parley/jetstream';

import { type Delivery, type LogEvent, placeOf, readerOf, type Truth } from './deliveries.ts';

const TENANT = 'main' as Tenant;
const READS_AT_ONCE = 20;
const toTheEnd = { upTo: Number.MAX_SAFE_INTEGER };

/** Of everything that somebody heard of: the whole logs, and what those have chosen who were said to have read. */
export async function readTruth(nats: NatsConnection, deliveries: readonly Delivery[]): Promise<Truth> {
  const conversations = await JetStreamEventStore.open<ConversationEvent | MessageEvent | PositionEvent>(
    nats,
    { log: 'conv', tenant: TENANT },
  );
  const people = await JetStreamEventStore.open<IdentityEvent>(nats, { log: 'user', tenant: TENANT });
  const places = new Set(deliveries.flatMap(({ said }) => placeOf(said)?.conversationId ?? []));
  const readers = new Set(deliveries.flatMap((delivery) => readerOf(delivery) ?? []));

  const logs = await each(places, async (id): Promise<readonly LogEvent[]> => {
    const lanes = ['c', 'm', 'r.pos'].map((lane) =>
      conversations.readLane(id as AggregateId, lane, toTheEnd),
    );
    return (await Promise.all(lanes)).flat().toSorted((one, other) => one.position - other.position);
  });
  const choices = await each(readers, async (id) => {
    const account = await people.readLane(id, 'a', toTheEnd);
    return account.flatMap((event) =>
      event.type === 'identity.settings-changed'
        ? [{ at: event.at, readReceipts: event.data.settings.readReceipts }]
        : [],
    );
  });
  return { logs, choices };
}

/** Asks for each, so many at once. */
async function each<Id extends string, Answer>(
  ids: ReadonlySet<Id>,
  ask: (id: Id) => Promise<Answer>,
): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>();
  const all = [...ids];
  for (let start = 0; start < all.length; start += READS_AT_ONCE) {
    const some = all.slice(start, start + READS_AT_ONCE);
    const found = await Promise.all(some.map(async (id) => [id, await ask(id)] as const));
    for (const [id, answer] of found) answers.set(id, answer);
  }
  return answers;
}
