import type { NatsConnection } from '@nats-io/transport-node';
import {
  type IdentityEvent,
  newId,
  type SessionId,
  type StoredEvent,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { everyLane, JetStreamEventStore } from '@parley/jetstream';
import { testNats } from '@parley/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { RevokedSessions } from './revoked-sessions.ts';

const tenant = 'main' as Tenant;

let writer: NatsConnection;
let reader: NatsConnection;
let revoked: RevokedSessions;
const told: SessionId[] = [];

beforeEach(async () => {
  [writer, reader] = await Promise.all([testNats('admin'), testNats('gateway')]);
  revoked = new RevokedSessions(reader, {
    onRevoked: (sessionId) => told.push(sessionId),
    onFault: () => undefined,
  });
  await revoked.catchUp();
});
afterEach(async () => {
  await revoked.stop();
  await Promise.all([writer.close(), reader.close()]);
});

test('what is ended is known at once, and was known before a start', async () => {
  const sessionId = await endSession();
  await expect.poll(() => revoked.has(sessionId)).toBe(true);
  expect(told).toContain(sessionId);
  const later = new RevokedSessions(reader, { onRevoked: () => undefined, onFault: () => undefined });
  await later.catchUp();
  expect(later.has(sessionId)).toBe(true);
  await later.stop();
});

test('what was ended while the broker was away is known before anybody is let in again', async () => {
  revoked.suspend();
  expect(revoked.isCurrent).toBe(false);
  await reader.reconnect();
  const sessionId = await endSession();
  await revoked.catchUp();
  expect(revoked.isCurrent).toBe(true);
  expect(revoked.has(sessionId)).toBe(true);
});

test('what is no event is passed over', async () => {
  const subject = everyLane('user', 'a').replace('*.*.*', 'main.00.usr_nobody');
  for (const malformed of ['no JSON', 'null', '{}']) await writer.request(subject, malformed);
  const sessionId = await endSession();
  await expect.poll(() => revoked.has(sessionId)).toBe(true);
});

async function endSession(): Promise<SessionId> {
  const log = await JetStreamEventStore.open<IdentityEvent>(writer, { log: 'user', tenant });
  const userId: UserId = newId('usr');
  const sessionId: SessionId = newId('ses');
  const event = {
    type: 'identity.session-revoked',
    data: { userId, sessionId, reason: 'signed-out' },
    id: newId('evt'),
    v: 1,
    tenant,
    aggregateId: userId,
    actorId: userId,
    at: timestampOf(Date.now()),
    causationId: newId('cmd'),
    correlationId: 'a-test',
  };
  await log.append(userId, [event as unknown as StoredEvent<IdentityEvent>], 0);
  return sessionId;
}
