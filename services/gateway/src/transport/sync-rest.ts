import type { syncRoutes } from '@parley/contracts';

import type { RestHandlers, RestPorts } from './rest-contract.ts';

/** Catching up without a socket. */
export function syncRest({ sync }: RestPorts): RestHandlers<keyof typeof syncRoutes> {
  return {
    sync: ({ identity: { userId }, query, asking: { correlationId, minPosition } }) =>
      sync.page({ ...query, userId, correlationId, minPosition }),
  };
}
