import type { NatsConnection } from '@nats-io/transport-node';
import { getKeys, getSettings, type IdentityEvent, noteActivity, type Tenant } from '@parley/contracts';
import type { EventStore } from '@parley/event-sourcing';
import type { Log } from '@parley/service-kit';
import type { JSONWebKeySet } from 'jose';

import type { PersonLog } from './policies/person-feed.ts';
import { Pulse } from './policies/pulse.ts';
import { RevokedSessions } from './policies/revoked-sessions.ts';
import { SessionActivity } from './policies/session-activity.ts';
import { PersonSettings } from './queries/person-settings.ts';
import type { QueryBus } from './queries/query-bus.ts';
import { Authenticator } from './transport/authenticate.ts';
import { Sessions } from './transport/sessions.ts';

/** Who is who here: the sessions with a socket, those that have ended, and what their people have chosen. */
export async function knowSessions(
  nc: NatsConnection,
  {
    tenant,
    queries,
    userLog,
    log,
  }: {
    readonly tenant: Tenant;
    readonly queries: QueryBus;
    readonly userLog: EventStore<PersonLog>;
    readonly log: Log;
  },
) {
  const sessions = new Sessions();
  const pulse = new Pulse();
  const settings = new PersonSettings({
    ask: (userId, correlationId) => queries.ask(getSettings, { userId }, { actorId: userId, correlationId }),
    accounts: userLog as EventStore<IdentityEvent>,
    isFollowed: (userId) => sessions.has(userId),
  });
  const revoked = new RevokedSessions(nc, {
    onRevoked: (sessionId, reason) => sessions.revoke(sessionId, reason),
    onAccount: (event) => settings.hear(event),
    onFault: (error) => log.error({ err: error }, 'the ended sessions could not be read'),
    isSteady: () => pulse.isSteady,
  });
  await revoked.catchUp();
  const activity = new SessionActivity((active) =>
    queries.act(noteActivity, { sessions: active }, { correlationId: 'activity' }),
  );
  const authenticator = new Authenticator({
    tenant,
    revoked,
    loadKeys: () => keysOf(queries),
    onActive: (sessionId) => activity.note(sessionId),
  });
  return { sessions, pulse, settings, revoked, activity, authenticator };
}

async function keysOf(queries: QueryBus): Promise<JSONWebKeySet | undefined> {
  const outcome = await queries.ask(getKeys, {}, { correlationId: 'keys' });
  return outcome.kind === 'ok' ? outcome.answer : undefined;
}
