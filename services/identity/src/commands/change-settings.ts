import { changeSettings as contract, failed, ok, refused } from '@parley/contracts';
import type { Asked, OutcomeOf } from './asked.ts';

import { userPosition } from './user-position.ts';
import type { IdentityPorts } from './ports.ts';

export async function changeSettings(
  ports: IdentityPorts,
  { data, meta }: Asked<typeof contract>,
): Promise<OutcomeOf<typeof contract>> {
  const { actorId, correlationId } = meta;
  if (actorId === undefined) return failed('malformed');
  const { decision, after } = await ports.accounts.act(contract, data, { actorId, correlationId });
  if (!decision.accepted) return refused(decision.code);
  if (after.state.status !== 'open') return refused('person-not-found');

  return ok({ settings: after.state.settings, seq: after.seq }, userPosition(after.position));
}
