import { findAcquaintances, getPresence, type presenceRoutes, type PresenceView } from '@parley/contracts';

import { edgeOk, edgeResultOf } from './edge-error.ts';
import type { RestHandlers, RestPorts } from './rest-contract.ts';

/** Whether people are there, to whoever has no socket to hear it on. */
export function presenceRest({ queries }: RestPorts): RestHandlers<keyof typeof presenceRoutes> {
  return {
    getPresence: async ({ identity: { userId }, query: { ids }, asking }) => {
      const visible = edgeResultOf(await queries.ask(findAcquaintances, { userId, userIds: ids }, asking));
      if (!visible.ok) return visible;
      const { userIds } = visible.data;
      const told = await queries.ask(getPresence, { userIds }, { correlationId: asking.correlationId });
      if (told.kind !== 'ok') return edgeOk({ data: userIds.map((id) => unknown(id)) });
      return edgeOk({
        data: told.answer.people.map((person) => {
          const { userId: id, status, lastSeenAt } = person;
          return { userId: id, status, lastSeenAt };
        }),
      });
    },
  };
}

function unknown(userId: PresenceView['userId']): PresenceView {
  return { userId, status: 'unknown', lastSeenAt: null };
}
