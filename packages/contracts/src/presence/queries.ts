import { z } from 'zod';

import { defineQuery } from '../kernel/query.ts';
import { UserId } from '../kernel/scalars.ts';
import { PRESENCE_PEOPLE_COUNT_MAX, PresenceAt } from './views.ts';

/** Whether these people are there. Who may know is for the asker to have found out; who hides is `unknown`. */
export const getPresence = defineQuery({
  type: 'presence.get-presence',
  input: z.strictObject({ userIds: z.array(UserId).max(PRESENCE_PEOPLE_COUNT_MAX) }),
  answer: z.object({
    people: z.array(PresenceAt),
    /** False while some `unknown` may become clear by itself within seconds. */
    isSettled: z.boolean(),
  }),
  rejections: [],
});

export const presenceQueries = [getPresence] as const;
