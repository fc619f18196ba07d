import { ok, refused, type refresh as contract, type SessionId, type UserId } from '@parley/contracts';
import type { Asked, OutcomeOf } from './asked.ts';

import { endReusedSession } from '../domain/account-acts.ts';
import { isActive } from '../domain/account.decider.ts';
import type { IdentityPorts, StoredSession } from './ports.ts';

/**
 * Trades a refresh token for the next pair. A token is good once: one that comes back means that two hold
 * tokens of one session, so the session ends for both.
 *
 * The log is asked before the row is touched. It alone says whether the session lives, and while it is away
 * the token must not be used up for nothing.
 */
export async function refresh(
  ports: IdentityPorts,
  { data, meta }: Asked<typeof contract>,
): Promise<OutcomeOf<typeof contract>> {
  const used = ports.refreshTokens.parse(data.refreshToken);
  const session = used && (await ports.sessions.find(used.sessionId));
  // The family's secret is in every token of a session: nobody ends a session who never held one of them.
  if (session === undefined || session.familyHash !== used?.familyHash) {
    return refused('refresh-token-invalid');
  }
  if (session.revoked) {
    await endInLog(ports, session, meta.correlationId);
    return refused('refresh-token-invalid');
  }
  if (session.secretHash !== used.secretHash) return endReused(ports, session, meta.correlationId);
  if (session.expiresAt <= new Date()) return refused('refresh-token-invalid');

  const { sessionId, userId, deviceId } = session;
  const { state } = await ports.accounts.load(userId);
  if (!isActive(state, sessionId)) {
    await ports.sessions.revoke([sessionId]);
    return refused('refresh-token-invalid');
  }

  const next = ports.refreshTokens.next(used);
  const rotated = await ports.sessions.rotate({
    sessionId,
    usedHash: used.secretHash,
    nextHash: next.secretHash,
    expiresAt: new Date(Date.now() + ports.refreshTokenLifetimeMs),
  });
  // Somebody was faster with the very same token.
  if (!rotated) return endReused(ports, session, meta.correlationId);

  const access = await ports.accessTokens.issue({ userId, sessionId, deviceId });
  return ok({ ...access, refreshToken: next.token, userId, deviceId, sessionId });
}

/**
 * Here the row comes first: the reuse is known to nobody but this call, and the row keeps it over a crash.
 * Any later try on the session then finds the row and writes the event that is missing.
 */
async function endReused(
  ports: IdentityPorts,
  session: { readonly sessionId: SessionId; readonly userId: UserId },
  correlationId: string,
): Promise<OutcomeOf<typeof contract>> {
  await ports.sessions.revoke([session.sessionId]);
  await endInLog(ports, session, correlationId);
  return refused('refresh-token-reused');
}

async function endInLog(
  ports: IdentityPorts,
  { userId, sessionId }: Pick<StoredSession, 'userId' | 'sessionId'>,
  correlationId: string,
): Promise<void> {
  await ports.accounts.act(endReusedSession, { userId, sessionId }, { actorId: userId, correlationId });
}
