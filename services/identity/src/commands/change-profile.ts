import { changeProfile as contract, failed, ok, refused } from '@parley/contracts';
import type { Asked, OutcomeOf } from './asked.ts';

import { userPosition } from './user-position.ts';
import type { IdentityPorts } from './ports.ts';

export async function changeProfile(
  ports: IdentityPorts,
  { data, meta }: Asked<typeof contract>,
): Promise<OutcomeOf<typeof contract>> {
  const { actorId, correlationId } = meta;
  if (actorId === undefined) return failed('malformed');
  const { decision, after } = await ports.accounts.act(contract, data, { actorId, correlationId });
  if (!decision.accepted) return refused(decision.code);
  if (after.state.status !== 'open') return refused('person-not-found');

  const { userId, username, displayName } = after.state;
  return ok({ userId, username, displayName }, userPosition(after.position));
}
