import type { MembershipEvent } from '@parley/contracts';
import type { EventStore } from '@parley/event-sourcing';

import type { OwnViewFact } from './tell-members.policy.ts';

/** How many people are told at the same time. */
const WRITE_COUNT_MAX = 50;

/** Writes facts into people's own logs. Writing one again is dropped by the broker or, later, by its readers. */
export async function writeOwnViews(
  userLog: Pick<EventStore<MembershipEvent>, 'appendUnnumbered'>,
  facts: readonly OwnViewFact[],
): Promise<void> {
  for (let start = 0; start < facts.length; start += WRITE_COUNT_MAX) {
    const together = facts.slice(start, start + WRITE_COUNT_MAX);
    await Promise.all(together.map(({ event, dedupeId }) => userLog.appendUnnumbered(event, dedupeId)));
  }
}
