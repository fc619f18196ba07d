import { z } from 'zod';

import { UserId } from '../kernel/scalars.ts';
import { PRESENCE_PEOPLE_COUNT_MAX, PresenceView } from '../presence/views.ts';
import { defineRoute } from './route.ts';

export const presenceRoutes = {
  getPresence: defineRoute({
    method: 'GET',
    path: '/presence',
    auth: 'session',
    status: 200,
    query: z.strictObject({
      /** With commas between. */
      ids: z
        .string()
        .transform((ids) => ids.split(','))
        .pipe(z.array(UserId).min(1).max(PRESENCE_PEOPLE_COUNT_MAX)),
    }),
    answer: z.object({ data: z.array(PresenceView) }),
    summary: 'Whether people are there. Who shares no conversation with the asker is left out.',
  }),
} as const;
