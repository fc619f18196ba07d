import { refused, type signIn as contract } from '@parley/contracts';
import type { Asked, OutcomeOf } from './asked.ts';

import type { IdentityPorts } from './ports.ts';
import { startSessionFor } from './start-session.ts';

/** Signs in by password. A wrong password and an unknown name cost the same work and get the same answer. */
export async function signIn(
  ports: IdentityPorts,
  { data, meta }: Asked<typeof contract>,
): Promise<OutcomeOf<typeof contract>> {
  const username = data.username.trim().toLowerCase();
  const allowance = await ports.throttle.trySignIn(username, data.address);
  if (!allowance.allowed) return refused('too-many-tries', { retryAfterMs: allowance.retryAfterMs });

  const credential = await ports.credentials.find(username);
  const right = await ports.passwords.matches(data.password, credential?.passwordHash, allowance.tries);
  if (credential === undefined || !right) return refused('wrong-credentials');

  await ports.throttle.signedIn(username, data.address);
  return startSessionFor(ports, credential, { device: data.device, correlationId: meta.correlationId });
}
