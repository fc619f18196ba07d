import { jetstream, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { StoredEvent } from '@parley/contracts';
import { laneOf } from '@parley/event-sourcing';
import { dedupeId, eventSubject, streamOfLog } from '@parley/jetstream';

import { until } from './until.ts';

/** The shortest that the broker takes. */
const SHORT_WINDOW_MS = 100;
const WRONG_LAST_ID = 10070;

/**
 * Lets the broker's window for repeated publishes pass: it is shortened until the broker itself no longer knows the
 * event, then it is as it was. The window's own two minutes would show the same, only later.
 */
export async function letBrokerForget(nc: NatsConnection, event: StoredEvent): Promise<void> {
  if (!(await brokerKnows(nc, event))) throw new Error('the broker should still know this event');

  const manager = await jetstreamManager(nc);
  const stream = streamOfLog[laneOf(event.type).log];
  const { config } = await manager.streams.info(stream);
  await manager.streams.update(stream, { duplicate_window: nanos(SHORT_WINDOW_MS) });
  try {
    await until({
      look: async () => ((await brokerKnows(nc, event)) ? undefined : true),
      instead: () => 'the broker still knows the event',
    });
  } finally {
    await manager.streams.update(stream, { duplicate_window: config.duplicate_window });
  }
}

/** Asked by a publish that is never stored: its condition cannot be met, and the broker looks for a repeat first. */
async function brokerKnows(nc: NatsConnection, event: StoredEvent): Promise<boolean> {
  const { log, lane } = laneOf(event.type);
  const subject = eventSubject(log, event.tenant, { aggregateId: event.aggregateId, lane });
  try {
    const { duplicate } = await jetstream(nc).publish(subject, '', {
      msgID: dedupeId(event, 0),
      expect: { lastMsgID: 'the id of no message' },
    });
    return duplicate;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === WRONG_LAST_ID) return false;
    throw error;
  }
}
