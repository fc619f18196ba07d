import type { Server } from 'node:http';

import { listMemberships, newId, type UserId } from '@parley/contracts';
import type { Log } from '@parley/service-kit';
import type { Redis } from '@parley/service-kit/shared-limit';

import type { Config } from './config.ts';
import type { Degradation } from './policies/degradation.ts';
import type { Pulse } from './policies/pulse.ts';
import type { SessionActivity } from './policies/session-activity.ts';
import type { watchDependencies } from './policies/watch-dependencies.ts';
import type { QueryBus } from './queries/query-bus.ts';
import type { Signals } from './signals.ts';
import { addressBehindProxy, Admission } from './transport/admission.ts';
import type { Authenticator } from './transport/authenticate.ts';
import type { Connections } from './transport/connections.ts';
import { FanOut } from './transport/fan-out.ts';
import type { Pace } from './transport/pace.ts';
import type { Sessions } from './transport/sessions.ts';
import type { SocketHandlers } from './transport/socket-contract.ts';
import { SocketEvents } from './transport/socket-events.ts';
import { SocketPlaces } from './transport/socket-places.ts';
import { SocketServer } from './transport/socket-server.ts';
import type { SyncByToken } from './transport/sync-by-token.ts';
import { Turnstile } from './transport/turnstile.ts';

export interface SocketsParts {
  readonly config: Config;
  readonly instance: string;
  readonly log: Log;
  readonly redis: Redis;
  readonly authenticator: Authenticator;
  readonly sessions: Sessions;
  readonly connections: Connections;
  readonly degradation: Degradation;
  readonly pulse: Pulse;
  readonly activity: SessionActivity;
  readonly signals: Signals;
  readonly sync: SyncByToken;
  readonly pace: Pace;
  readonly handlers: SocketHandlers;
}

/** Everything between a socket and what it may do: its way in, what it may say, and what is written to it. */
export function openSockets(http: Server, parts: SocketsParts): { drain(): Promise<void> } {
  const { config, instance, log, redis, authenticator, sessions, connections, degradation, pulse } = parts;
  const { limits, tenant } = config;
  const fanOut = new FanOut(parts.pace, () => pulse.isSteady);
  const places = new SocketPlaces(redis, { tenant, instance, limits });
  const admission = new Admission({
    authenticator,
    sync: parts.sync,
    places,
    turnstile: new Turnstile(limits.connectsAtOnce),
    addressOf: config.trustProxy ? addressBehindProxy : (socket) => socket.handshake.address,
  });
  const events = new SocketEvents({
    authenticator,
    handlers: parts.handlers,
    fanOut,
    limits,
    log,
    onActive: (sessionId) => parts.activity.note(sessionId),
    sendOut: (session) => places.sendOut(session.identity.userId),
  });
  const server = new SocketServer(http, {
    authenticator,
    admission,
    events,
    sessions,
    connections,
    fanOut,
    log,
    signals: parts.signals,
    rate: limits,
    origins: config.origins,
    greet: (session) => degradation.tell(session),
  });
  return {
    async drain() {
      await server.drain();
      await places.stop();
    },
  };
}

/** How what others keep is looked at: by using it. */
export function looksAt(queries: QueryBus, redis: Redis): Parameters<typeof watchDependencies>[1] {
  const nobody = newId<UserId>('usr');
  return {
    // The conversation service can look nothing up without its tables.
    postgres: async () => {
      const outcome = await queries.ask(listMemberships, { userId: nobody }, { correlationId: 'a look' });
      return outcome.kind !== 'failed';
    },
    redis: async () => (await redis.ping()) === 'PONG',
  };
}
