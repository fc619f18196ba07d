import { endSession as contract, failed, ok, refused } from '@parley/contracts';
import type { Asked, OutcomeOf } from './asked.ts';

import { endRows } from './end-rows.ts';
import { userPosition } from './user-position.ts';
import type { IdentityPorts } from './ports.ts';

/** Signs a person out of one session. */
export async function endSession(
  ports: IdentityPorts,
  { data, meta }: Asked<typeof contract>,
): Promise<OutcomeOf<typeof contract>> {
  const { actorId, correlationId } = meta;
  if (actorId === undefined) return failed('malformed');
  const { decision, recorded, after } = await ports.accounts.act(contract, data, { actorId, correlationId });
  if (!decision.accepted) return refused(decision.code);

  await endRows(ports, recorded);
  return ok({}, userPosition(after.position));
}
