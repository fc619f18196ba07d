import type { AggregateId, CommandContract, CommandOf, RecordedEvent, RejectionOf } from '@parley/contracts';

import type { AggregateCache } from './aggregate-cache.ts';
import type { Decision } from './decider.ts';
import { DuplicateAppendError, RevisionConflictError, type Tail, UnknownAppendError } from './event-store.ts';
import { type AggregateDefinition, type Loaded, loadAggregate } from './load-aggregate.ts';
import { recordEvents } from './record-events.ts';
import { foldEvents, runDecision } from './run-decider.ts';

const ATTEMPT_COUNT_MAX = 40;
const RETRY_PAUSE_MS_MAX = 50;
/** How far before a command's own time its event is looked for: servers' clocks differ. */
const CLOCK_SLACK_MS = 2_000;

/** A decision that holds at the tail of the log, and the state after it. */
export interface Handled<State, Folded extends { readonly type: string }, Code extends string> {
  readonly decision: Decision<Folded, Code>;
  /** What this command has put into the log, now or in an earlier try. */
  readonly recorded: readonly RecordedEvent<Folded>[];
  readonly after: Loaded<State>;
}

export interface CommandRequest<C extends CommandContract> {
  readonly aggregateId: AggregateId;
  readonly command: CommandOf<C>;
  /** Set when the command was delivered before: when it was first stored. A crash may have followed its append. */
  readonly redeliveredFrom?: Date | undefined;
}

/**
 * Decides and appends; loses a race quietly, and after an unknown outcome looks before it acts again.
 *
 * A conflict, a time-out and an election all mean the same here: somebody appended, perhaps this very command.
 * So the state is brought to the tail, where the command's own event would show, and the command is decided again.
 * A refusal, and that there is nothing to do, are only believed at the tail: a cached state may not know yet
 * that its actor has joined, or that a member has gone who is to be added. And not even there before the log was
 * asked whether an earlier try of the same command did it: who has left a group and heard no answer is told that they
 * have left it, and not that there is no such group.
 */
export async function handleCommand<
  State,
  C extends CommandContract,
  Fact extends { readonly type: string; readonly data: unknown },
  Folded extends { readonly type: string; readonly data: unknown },
>(
  definition: AggregateDefinition<State, C, Fact & Folded, Folded>,
  cache: AggregateCache<State>,
  request: CommandRequest<C>,
): Promise<Handled<State, Fact & Folded, RejectionOf<C>>> {
  const { aggregateId, command } = request;
  const cached = cache.get(aggregateId);
  // A redelivered command is looked for at the tail. The cached state is brought there and not thrown away: it may
  // remember more than a fold from the log, and this command's facts may have been gathered for what it remembers.
  let atTail = cached === undefined || request.redeliveredFrom !== undefined;
  let loaded = cached && !atTail ? cached : await loadAggregate(definition, aggregateId, cached);
  const startedAtMs = Date.now();
  let lookSince = request.redeliveredFrom;

  for (let attempt = 1; ; attempt += 1) {
    const own = lookSince ? await findOwnEvents(definition, request, { since: lookSince, tail: loaded }) : [];
    if (own.length > 0) {
      cache.set(aggregateId, loaded);
      return doneBefore(own, loaded);
    }
    const decision = runDecision(definition.decider, loaded.state, command);
    if (!decision.accepted || decision.events.length === 0) {
      if (atTail) {
        cache.set(aggregateId, loaded);
        const earlier = await findEarlierTry(definition, request, loaded);
        return earlier.length > 0 ? doneBefore(earlier, loaded) : { decision, recorded: [], after: loaded };
      }
    } else {
      const stored = recordEvents(decision.events, command.meta, { aggregateId, seq: loaded.seq });
      try {
        const positions = await definition.store.append(aggregateId, stored, loaded.position);
        const recorded = stored.map((event, index) => ({ ...event, position: positions[index] ?? 0 }));
        const after = {
          state: foldEvents(definition.decider, recorded, loaded.state),
          position: positions.at(-1) ?? loaded.position,
          seq: loaded.seq + recorded.length,
        };
        cache.set(aggregateId, after);
        return { decision, recorded, after };
      } catch (error) {
        cache.delete(aggregateId);
        const again = error instanceof RevisionConflictError || error instanceof UnknownAppendError;
        if (!again || attempt === ATTEMPT_COUNT_MAX) throw error;
        if (error instanceof DuplicateAppendError) lookSince = new Date(Date.now() - error.withinMs);
        lookSince ??= new Date(startedAtMs);
        await pauseBefore(attempt);
      }
    }
    loaded = await loadAggregate(definition, aggregateId, loaded);
    atTail = true;
  }
}

/** What a command is answered that finds its own events in the log. */
function doneBefore<State, Folded extends { readonly type: string; readonly data: unknown }>(
  own: readonly RecordedEvent<Folded>[],
  after: Loaded<State>,
) {
  // The store holds folded events; those that a command of this decider caused are its facts.
  const recorded = own as readonly RecordedEvent<never>[];
  return { decision: { accepted: true, events: recorded }, recorded, after } as const;
}

async function findEarlierTry<
  State,
  C extends CommandContract,
  Fact extends { readonly type: string; readonly data: unknown },
  Folded extends { readonly type: string; readonly data: unknown },
>(
  { earlierTry, store }: AggregateDefinition<State, C, Fact & Folded, Folded>,
  { aggregateId, command }: CommandRequest<C>,
  { state, position }: Loaded<State>,
): Promise<readonly RecordedEvent<Folded>[]> {
  const { commandId } = command.meta;
  const place = earlierTry?.(state, commandId);
  if (place === undefined) return [];
  const events = await store.readLane(aggregateId, place.lane, { upTo: position, ...place.range });
  return events.filter((event) => event.causationId === commandId);
}

/** The events that this very command caused in an earlier try, if there are any. */
async function findOwnEvents<
  State,
  C extends CommandContract,
  Fact extends { readonly type: string; readonly data: unknown },
  Folded extends { readonly type: string; readonly data: unknown },
>(
  definition: AggregateDefinition<State, C, Fact & Folded, Folded>,
  { aggregateId, command }: CommandRequest<C>,
  { since, tail }: { readonly since: Date; readonly tail: Tail },
): Promise<readonly RecordedEvent<Folded>[]> {
  const range = { since: new Date(since.getTime() - CLOCK_SLACK_MS), upTo: tail.position };
  const lanes = definition.recentLane ? [...definition.lanes, definition.recentLane.lane] : definition.lanes;
  const events = await Promise.all(lanes.map((lane) => definition.store.readLane(aggregateId, lane, range)));
  return events.flat().filter((event) => event.causationId === command.meta.commandId);
}

async function pauseBefore(attempt: number): Promise<void> {
  const pauseMs = Math.min(RETRY_PAUSE_MS_MAX, 2 ** attempt) * (0.5 + Math.random());
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
}
