import type { NatsConnection } from '@nats-io/transport-node';

import type { Sessions } from '../transport/sessions.ts';
import type { Feeds } from './feeds.ts';
import type { PersonFeeds } from './person-feed.ts';
import type { RevokedSessions } from './revoked-sessions.ts';

const LOOK_EVERY_MS = 500;
/** A process that stood still for so long may have been frozen, and others may have acted meanwhile. */
const STANDSTILL_MS = 3_000;

export interface Reception {
  readonly sessions: Sessions;
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
  { sessions, feeds, people, revoked }: Reception,
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
    await Promise.all([feeds.resumeAll(), people.catchUpAll(deafSinceMs)]);
    if (lapses !== lapseCount) return;
    deafSinceMs = undefined;
    for (const session of sessions.all()) session.emit('restored', {});
  };
  const watchConnection = async () => {
    for await (const status of nc.status()) {
      if (status.type === 'disconnect') {
        lapse(Date.now());
        for (const session of sessions.all()) session.emit('degraded', { features: ['messages'] });
      }
      if (status.type === 'reconnect') recover().catch(onFault);
    }
  };
  watchConnection().catch(onFault);

  let lookedAtMs = performance.now();
  const look = setInterval(() => {
    const nowMs = performance.now();
    const stoodStillMs = nowMs - lookedAtMs;
    lookedAtMs = nowMs;
    if (stoodStillMs < STANDSTILL_MS) return;
    lapse(Date.now() - stoodStillMs);
    recover().catch(onFault);
  }, LOOK_EVERY_MS);

  return { stop: () => clearInterval(look) };
}
