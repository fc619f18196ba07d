import { failed, ok, refused, type setPush as contract } from '@parley/contracts';
import type { Asked, OutcomeOf } from './asked.ts';

import type { IdentityPorts } from './ports.ts';

/** Keeps where a device is reached. Not in the log: an address of a phone is a secret of a kind, and has no history. */
export async function setPush(
  ports: IdentityPorts,
  { data, meta }: Asked<typeof contract>,
): Promise<OutcomeOf<typeof contract>> {
  const { userId, sessionId, push } = data;
  if (meta.actorId !== userId) return failed('malformed');
  return (await ports.sessions.setPush(userId, sessionId, push)) ? ok({}) : refused('device-not-found');
}
