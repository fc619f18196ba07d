import { type SessionId, timestampOf, type UserId } from '@parley/contracts';

import type { ClientSession } from './client-session.ts';

const SWEEP_EVERY_MS = 1_000;
/** How long before its end a token's holder is told to bring the next one. */
const TOKEN_WARNING_MS = 90_000;

/** Every socket of this gateway, and the end of tokens and sessions. */
export class Sessions {
  readonly #bySession = new Map<SessionId, Set<ClientSession>>();
  readonly #countByPerson = new Map<UserId, number>();
  readonly #sweep: NodeJS.Timeout;
  #size = 0;

  constructor() {
    // One clock for all sockets: a timer for each would cost more than it tells.
    this.#sweep = setInterval(() => this.#endExpired(), SWEEP_EVERY_MS);
  }

  get size(): number {
    return this.#size;
  }

  /** Whether somebody has a socket here. */
  has(userId: UserId): boolean {
    return this.#countByPerson.has(userId);
  }

  add(session: ClientSession): void {
    const { sessionId, userId } = session.identity;
    const sockets = this.#bySession.get(sessionId) ?? new Set();
    this.#bySession.set(sessionId, sockets.add(session));
    count(this.#countByPerson, userId, 1);
    this.#size += 1;
  }

  remove(session: ClientSession): void {
    const { sessionId, userId } = session.identity;
    const sockets = this.#bySession.get(sessionId);
    if (!sockets?.delete(session)) return;
    if (sockets.size === 0) this.#bySession.delete(sessionId);
    count(this.#countByPerson, userId, -1);
    this.#size -= 1;
  }

  /** Closes the sockets of a session that was ended elsewhere. */
  revoke(sessionId: SessionId, reason: string): void {
    for (const session of this.#bySession.get(sessionId) ?? []) session.end('session_revoked', { reason });
  }

  *all(): Generator<ClientSession> {
    for (const sockets of this.#bySession.values()) yield* sockets;
  }

  stop(): void {
    clearInterval(this.#sweep);
  }

  #endExpired(): void {
    const nowMs = Date.now();
    for (const session of this.all()) {
      const leftMs = session.identity.expiresAtMs - nowMs;
      if (leftMs <= 0) {
        session.end('error', { code: 'TOKEN_EXPIRED' });
      } else if (leftMs <= TOKEN_WARNING_MS && !session.isTokenExpiryTold) {
        session.isTokenExpiryTold = true;
        session.emit('token_expiring', { expiresAt: timestampOf(session.identity.expiresAtMs) });
      }
    }
  }
}

function count<Key>(counts: Map<Key, number>, key: Key, change: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + change;
  if (next <= 0) counts.delete(key);
  else counts.set(key, next);
}
