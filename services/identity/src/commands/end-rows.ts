import type { IdentityEvent } from '@parley/contracts';

import type { IdentityPorts } from './ports.ts';

/**
 * Marks the rows of the sessions that the log has just ended.
 *
 * The log comes first and decides alone: every gateway hears it, and a refresh asks it. So a session is over
 * from the moment of its event, whether the process dies before this, or the database is away: the row is
 * put right by the next refresh that is tried on it, and a failure here does not change the answer.
 */
export async function endRows(ports: IdentityPorts, recorded: readonly IdentityEvent[]): Promise<void> {
  const ended = recorded.flatMap((event) =>
    event.type === 'identity.session-revoked' ? [event.data.sessionId] : [],
  );
  if (ended.length === 0) return;
  try {
    await ports.sessions.revoke(ended);
  } catch (error) {
    ports.onFault(error, { during: 'marking ended sessions', count: ended.length });
  }
}
