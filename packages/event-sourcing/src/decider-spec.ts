import type {
  AggregateId,
  CommandContract,
  CommandOf,
  RecordedEvent,
  Tenant,
  Timestamp,
  UserId,
} from '@parley/contracts';

import type { Decider } from './decider.ts';
import { foldEvents, runDecision } from './run-decider.ts';

/** Who did what in a test's past; what is left out is filled in by its place. */
export type PastEvent<Folded> = Folded & { readonly by?: UserId; readonly at?: Timestamp };

/** `given(...past).when(command)` is the decision itself, to be read by a plain `expect`. */
export function specFor<
  State,
  C extends CommandContract,
  Fact extends { readonly type: string },
  Folded extends { readonly type: string },
>(decider: Decider<State, C, Fact, Folded>) {
  return {
    given: (...past: PastEvent<Folded>[]) => ({
      when: (command: CommandOf<C>) => runDecision(decider, foldEvents(decider, past.map(recorded)), command),
    }),
  };
}

function recorded<Folded extends { readonly type: string }>(
  event: PastEvent<Folded>,
  index: number,
): RecordedEvent<Folded> {
  const envelope = {
    id: `evt_${index}`,
    v: 1,
    tenant: 'main' as Tenant,
    aggregateId: 'cnv_00000000000000000000000000' as AggregateId,
    seq: index + 1,
    actorId: event.by ?? ('usr_00000000000000000000000000' as UserId),
    at: event.at ?? ('2026-11-21T08:00:00.000Z' as Timestamp),
    causationId: `command-${index}`,
    correlationId: `request-${index}`,
    position: index + 1,
  };
  return { ...event, ...envelope };
}
