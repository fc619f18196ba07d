import type { CommandContract, CommandOf, RecordedEvent, RejectionOf } from '@parley/contracts';

import type { Decider, Decision } from './decider.ts';

// TypeScript cannot see that table[x.type] accepts x. These two lookups are the only casts of the kind.

export function runDecision<
  State,
  C extends CommandContract,
  Fact extends { readonly type: string },
  Folded extends { readonly type: string },
>(
  decider: Decider<State, C, Fact, Folded>,
  state: State,
  command: CommandOf<C>,
): Decision<Fact, RejectionOf<C>> {
  const decide = decider.decide[command.type as C['type']] as (
    state: State,
    command: CommandOf<C>,
  ) => Decision<Fact, RejectionOf<C>>;
  return decide(state, command);
}

export function foldEvents<
  State,
  C extends CommandContract,
  Fact extends { readonly type: string },
  Folded extends { readonly type: string },
>(
  decider: Decider<State, C, Fact, Folded>,
  events: readonly RecordedEvent<Folded>[],
  from = decider.initialState,
): State {
  return events.reduce<State>((state, event) => {
    const evolve = decider.evolve[event.type as Folded['type']] as (
      state: State,
      event: RecordedEvent<Folded>,
    ) => State;
    return evolve(state, event);
  }, from);
}
