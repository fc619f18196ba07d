import { ok, type presenceCommands, type presenceQueries } from '@parley/contracts';
import type { AnswerTable } from '@parley/jetstream';

import type { PeoplePresent } from '../commands/people-present.ts';

type PresenceContract = (typeof presenceCommands)[number] | (typeof presenceQueries)[number];

/** What this service answers; a question of the contract without a row does not compile. */
export function presenceAnswers(people: PeoplePresent): AnswerTable<PresenceContract> {
  return {
    'presence.renew-leases': async ({ data: { gateway, leases } }) => {
      await people.renew(gateway, leases);
      return ok({});
    },

    'presence.get-presence': async ({ data }) => ok(await people.look(data.userIds)),
  };
}
