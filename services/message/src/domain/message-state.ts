import { type Membership, noMembership } from '@parley/contracts';

import { noRecentChanges, type RecentChanges } from './recent-changes.ts';
import { type RecentSends, recentSendsSince } from './recent-sends.ts';

/** What is decided by: who is in, and what was sent and changed lately. */
export interface MessageState {
  readonly membership: Membership;
  readonly recent: RecentSends;
  readonly changes: RecentChanges;
}

/** A state that knows nothing of sends before a time. */
export function messageStateSince(completeSinceMs: number): MessageState {
  return { membership: noMembership, recent: recentSendsSince(completeSinceMs), changes: noRecentChanges };
}
