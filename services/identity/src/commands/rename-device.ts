import { failed, ok, refused, renameDevice as contract } from '@parley/contracts';
import type { Asked, OutcomeOf } from './asked.ts';

import { userPosition } from './user-position.ts';
import type { IdentityPorts } from './ports.ts';

export async function renameDevice(
  ports: IdentityPorts,
  { data, meta }: Asked<typeof contract>,
): Promise<OutcomeOf<typeof contract>> {
  const { actorId, correlationId } = meta;
  if (actorId === undefined) return failed('malformed');
  const { decision, after } = await ports.accounts.act(contract, data, { actorId, correlationId });
  return decision.accepted ? ok({}, userPosition(after.position)) : refused(decision.code);
}
