import type { Log } from '@parley/service-kit';

import type { Feeds } from '../policies/feeds.ts';
import type { ClientSession } from './client-session.ts';
import type { StandingToken, SyncByToken } from './sync-by-token.ts';

/** So often a socket is told how far it was told everything: what it missed after that is little. */
const RENEW_EVERY_MS = 60_000;
/** After so many sockets others have their turn: signing for thousands would keep everybody waiting. */
const RENEWED_AT_ONCE = 100;

export interface TokenRenewalParts {
  readonly sync: Pick<SyncByToken, 'stand'>;
  readonly sessions: {
    readonly all: () => Iterable<Pick<ClientSession, 'identity' | 'liveSinceMs' | 'emit'>>;
  };
  readonly feeds: Pick<Feeds, 'holdCount'>;
  readonly log: Pick<Log, 'warn'>;
}

/**
 * Hands newer tokens to sockets that hear everything live, so that one that comes back after a day is not told of that
 * day. What a token stands for was stored a whole turn before: it was passed on since, or a hole in the numbers shows.
 * A turn in which this gateway may have missed something hands out none.
 */
export function renewTokens({ sync, sessions, feeds, log }: TokenRenewalParts): { stop(): void } {
  let last: { readonly stand: StandingToken; readonly atMs: number; readonly holdCount: number } | undefined;

  const turn = async () => {
    const before = last;
    last = undefined;
    const count = feeds.holdCount;
    if (count === undefined) return;
    if (before !== undefined && before.holdCount === count) {
      for (const [index, session] of [...sessions.all()].entries()) {
        if (index > 0 && index % RENEWED_AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
        if (session.liveSinceMs === undefined || session.liveSinceMs > before.atMs) continue;
        session.emit('sync_complete', { removed: [], token: before.stand.for(session.identity.userId) });
      }
    }
    const atMs = performance.now();
    last = { stand: await sync.stand(), atMs, holdCount: count };
  };
  const onFault = (error: unknown) => log.warn({ err: error }, 'sync tokens could not be renewed');
  const timer = setInterval(() => void turn().catch(onFault), RENEW_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
