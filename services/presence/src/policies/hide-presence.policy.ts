import {
  type IdentityEvent,
  personalSettingsIn,
  type PersonalSettingsAt,
  type UserId,
} from '@parley/contracts';
import type { Policy } from '@parley/event-sourcing';

/** What somebody has chosen, to be kept with their leases. */
export interface Choice extends PersonalSettingsAt {
  readonly userId: UserId;
}

/** Whenever somebody chooses who is told of them, that holds from then on, also for who has no device here now. */
export const hidePresence: Policy<IdentityEvent, Choice> = {
  name: 'hide-presence',

  whenever: {
    'identity.settings-changed': ({ data, seq = 0 }) => [
      { userId: data.userId, settings: personalSettingsIn(data), seq },
    ],
  },
};
