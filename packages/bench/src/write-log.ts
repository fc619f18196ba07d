import type { NatsConnection } from '@nats-io/transport-node';
import type { StoredEvent } from '@parley/contracts';
import { laneOf } from '@parley/event-sourcing';
import { eventSubject, lastPositionOf } from '@parley/jetstream';

const CHUNK_EVENT_COUNT = 1_000;
const ANSWER_MS_MAX = 30_000;

/**
 * Writes events into the conversations' log as the services would have left them there. Nobody else writes, so no
 * append has to expect anything, and one answer for each chunk will do: the broker takes what a connection says in
 * its order, and its count says that nothing was lost.
 */
export async function writeLog(nc: NatsConnection, events: Iterable<StoredEvent>): Promise<void> {
  let position = await lastPositionOf(nc, 'conv');
  for (const chunk of chunksOf(events)) {
    const last = chunk.pop();
    if (last === undefined) return;
    for (const event of chunk) nc.publish(subjectOf(event), JSON.stringify(event));
    const reply = await nc.request(subjectOf(last), JSON.stringify(last), { timeout: ANSWER_MS_MAX });
    const stored = reply.json<{ readonly seq?: number }>();
    position += chunk.length + 1;
    if (stored.seq !== position) throw new Error(`not stored at ${position}: ${JSON.stringify(stored)}`);
  }
}

function subjectOf({ aggregateId, tenant, type }: StoredEvent): string {
  return eventSubject('conv', tenant, { aggregateId, lane: laneOf(type).lane });
}

function* chunksOf(events: Iterable<StoredEvent>): Generator<StoredEvent[]> {
  let chunk: StoredEvent[] = [];
  for (const event of events) {
    chunk.push(event);
    if (chunk.length < CHUNK_EVENT_COUNT) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
