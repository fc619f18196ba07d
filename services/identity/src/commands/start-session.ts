import {
  type DeviceDescription,
  type DeviceId,
  newId,
  ok,
  type Outcome,
  type SessionId,
  type TokensView,
} from '@parley/contracts';
import type { z } from 'zod';

import { startSession } from '../domain/account-acts.ts';
import { endRows } from './end-rows.ts';
import { userPosition } from './user-position.ts';
import type { Credential, IdentityPorts } from './ports.ts';

/**
 * Signs in a person whose password was right: a new device, a new session, its first tokens.
 *
 * The row comes before the event. If the process dies between them, a row is left whose tokens nobody ever
 * got, and it runs out; the other way round a session would be listed that nobody could refresh. The event
 * also opens the account where that is still to be done: after registering, and after a crash in the middle
 * of registering.
 */
export async function startSessionFor(
  ports: IdentityPorts,
  credential: Credential,
  asked: { readonly device: z.output<typeof DeviceDescription>; readonly correlationId: string },
): Promise<Outcome<TokensView, never>> {
  const { userId, username, displayName } = credential;
  const sessionId = newId<SessionId>('ses');
  const deviceId = newId<DeviceId>('dev');
  const refresh = ports.refreshTokens.first(sessionId);

  await ports.sessions.start({
    sessionId,
    userId,
    deviceId,
    familyHash: refresh.familyHash,
    secretHash: refresh.secretHash,
    expiresAt: new Date(Date.now() + ports.refreshTokenLifetimeMs),
  });
  const { after, recorded } = await ports.accounts.act(
    startSession,
    { userId, username, displayName, sessionId, deviceId, ...asked.device },
    { actorId: userId, correlationId: asked.correlationId },
  );
  await endRows(ports, recorded);

  const access = await ports.accessTokens.issue({ userId, sessionId, deviceId });
  return ok(
    { ...access, refreshToken: refresh.token, userId, deviceId, sessionId },
    userPosition(after.position),
  );
}
