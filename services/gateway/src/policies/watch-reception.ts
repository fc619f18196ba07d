import type { NatsConnection } from '@nats-io/transport-node';

import type { Degradation } from './degradation.ts';
import type { Feeds } from './feeds.ts';
import type { PersonFeeds } from './person-feed.ts';
import type { Pulse } from './pulse.ts';
import type { RevokedSessions } from './revoked-sessions.ts';

const LOOK_EVERY_MS = 500;

export interface Reception {
  readonly pulse: Pulse;
  readonly degradation: Degradation;
  readonly feeds: Feeds;
  readonly people: PersonFeeds;
  readonly revoked: RevokedSessions;
}

/**
 * Watches whether this gateway hears what is stored. While it may not have, its sockets stay, but nothing is said
 * to them and nothing is taken from them, until every session that was ended meanwhile is known; then each
 * conversation and each person is caught up from the log.
 */
export function watchReception(
  nc: NatsConnection,
  { pulse, degradation, feeds, people, revoked }: Reception,
  onFault: (error: unknown) => void,
): { stop(): void } {
  let deafSinceMs: number | undefined;
  let lapseCount = 0;

  const lapse = (sinceMs: number) => {
    lapseCount += 1;
    deafSinceMs ??= sinceMs;
    revoked.suspend();
    feeds.holdAll();
  };
  const recover = async () => {
    const lapses = lapseCount;
    await revoked.catchUp();
    // Deaf again before everything was known: the next recovery goes on from the same moment.
    if (lapses !== lapseCount || deafSinceMs === undefined) return;
    // Sessions that were ended meanwhile are closed by now: what waits for the others may leave.
    pulse.awake();
    await Promise.all([feeds.resumeAll(), people.catchUpAll(deafSinceMs)]);
    if (lapses !== lapseCount) return;
    deafSinceMs = undefined;
    degradation.set('nats', false);
  };
  const watchConnection = async () => {
    for await (const status of nc.status()) {
      if (status.type === 'disconnect') {
        lapse(Date.now());
        degradation.set('nats', true);
      }
      if (status.type === 'reconnect') recover().catch(onFault);
    }
  };
  watchConnection().catch(onFault);

  const look = setInterval(() => {
    const stoodStillMs = pulse.beat();
    if (stoodStillMs === 0) return;
    lapse(Date.now() - stoodStillMs);
    recover().catch(onFault);
  }, LOOK_EVERY_MS);

  return { stop: () => clearInterval(look) };
}
