import type { NatsConnection } from '@nats-io/transport-node';
import type {
  AggregateId,
  ConversationEvent,
  HiddenEvent,
  IdentityEvent,
  MessageEvent,
  PositionEvent,
  Tenant,
} from '@parley/contracts';
import type { LogName } from '@parley/event-sourcing';
import { JetStreamEventStore } from '@parley/jetstream';

import {
  type Delivery,
  type DeviceView,
  incomplete,
  type LogEvent,
  placeOf,
  readerOf,
  type Truth,
} from './deliveries.ts';

const TENANT = 'main' as Tenant;
const READS_AT_ONCE = 20;
const toTheEnd = { upTo: Number.MAX_SAFE_INTEGER };

/** Of everything that somebody heard of: the whole logs, and what those have chosen who were said to have read. */
export async function readTruth(nats: NatsConnection, deliveries: readonly Delivery[]): Promise<Truth> {
  const people = await openLog<IdentityEvent>(nats, 'user');
  const places = new Set(deliveries.flatMap(({ said }) => placeOf(said)?.conversationId ?? []));
  const readers = new Set(deliveries.flatMap((delivery) => readerOf(delivery) ?? []));
  const logs = await readLogs(nats, places);
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

/** Which devices do not show what the logs say. */
export async function wrongViews(
  nats: NatsConnection,
  views: readonly DeviceView[],
): Promise<readonly string[]> {
  const people = await openLog<HiddenEvent>(nats, 'user');
  const logs = await readLogs(nats, new Set(views.map(({ conversationId }) => conversationId)));
  const hidden = await each(new Set(views.map(({ userId }) => userId)), (userId) =>
    people.readLane(userId, 'v.msg', toTheEnd),
  );
  return views.flatMap((view) => {
    const own = (hidden.get(view.userId) ?? []).filter(
      ({ data }) => data.conversationId === view.conversationId,
    );
    return incomplete(
      view,
      logs.get(view.conversationId) ?? [],
      new Set(own.map(({ data }) => data.messageSeq)),
    );
  });
}

async function readLogs(nats: NatsConnection, ids: ReadonlySet<string>) {
  const store = await openLog<ConversationEvent | MessageEvent | PositionEvent>(nats, 'conv');
  return each(ids, async (id): Promise<readonly LogEvent[]> => {
    const lanes = ['c', 'm', 'r.pos'].map((lane) => store.readLane(id as AggregateId, lane, toTheEnd));
    return (await Promise.all(lanes)).flat().toSorted((one, other) => one.position - other.position);
  });
}

function openLog<Event extends { readonly type: string; readonly data: unknown }>(
  nats: NatsConnection,
  log: LogName,
) {
  return JetStreamEventStore.open<Event>(nats, { log, tenant: TENANT });
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
