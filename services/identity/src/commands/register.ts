import type { Asked, OutcomeOf } from './asked.ts';
import { refused, type register as contract } from '@parley/contracts';

import type { Credential, IdentityPorts } from './ports.ts';
import { startSessionFor } from './start-session.ts';

/**
 * Opens an account and signs in. The user name is taken by a unique row, so of any number who ask for it at
 * once one gets it. A crash after the row is finished by whoever has the password: by registering again, or
 * by signing in.
 */
export async function register(
  ports: IdentityPorts,
  { data, meta }: Asked<typeof contract>,
): Promise<OutcomeOf<typeof contract>> {
  if (!ports.registrationOpen) return refused('registration-closed');
  const allowance = await ports.throttle.tryRegister(data.address);
  if (!allowance.allowed) return refused('too-many-tries', { retryAfterMs: allowance.retryAfterMs });

  const { userId, username, displayName, device } = data;
  const passwordHash = await ports.passwords.hash(data.password, allowance.tries);
  const reserved: Credential = { userId, username, displayName, passwordHash };
  const asked = { device, correlationId: meta.correlationId };
  if (await ports.credentials.reserve(reserved)) return startSessionFor(ports, reserved, asked);

  const unfinished = await findOwnUnfinished(ports, data, allowance.tries);
  return unfinished ? startSessionFor(ports, unfinished, asked) : refused('username-taken');
}

/** The row of an earlier try of the same person that was cut off before the account was opened. */
async function findOwnUnfinished(
  ports: IdentityPorts,
  data: Asked<typeof contract>['data'],
  tries: number,
): Promise<Credential | undefined> {
  const existing = await ports.credentials.find(data.username);
  if (existing === undefined) return undefined;
  const { state } = await ports.accounts.load(existing.userId);
  if (state.status === 'open' && existing.userId !== data.userId) return undefined;
  const own = await ports.passwords.matches(data.password, existing.passwordHash, tries);
  return own ? existing : undefined;
}
