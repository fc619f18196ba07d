import { z } from 'zod';

import { Timestamp, UserId } from '../kernel/scalars.ts';

/** How many people one question, and one socket, may name. */
export const PRESENCE_PEOPLE_COUNT_MAX = 200;

/** `unknown`: it cannot be told now, or the person keeps it to themselves; which of the two is not told either. */
export const PresenceStatus = z.enum(['online', 'away', 'offline', 'unknown']);
export type PresenceStatus = z.output<typeof PresenceStatus>;

/** Whether somebody is there. */
export const PresenceView = z.object({
  userId: UserId,
  status: PresenceStatus,
  /** When they were active last; null while they are online, and where that is not known. */
  lastSeenAt: Timestamp.nullable(),
});
export type PresenceView = z.output<typeof PresenceView>;

/** The same at a time of the one clock behind it: of two that overtake one another, the later stands. */
export const PresenceAt = PresenceView.extend({ atMs: z.number() });
export type PresenceAt = z.output<typeof PresenceAt>;
