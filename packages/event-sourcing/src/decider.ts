import type {
  CommandContract,
  CommandOf,
  RecordedEvent,
  RefusalDetails,
  RejectionOf,
} from '@parley/contracts';

/**
 * The rules of one aggregate, and nothing else: no clock, no ids, no I/O.
 * Both tables are exhaustive. A command or an event without a row does not compile,
 * and neither does a refusal that the command's contract does not declare.
 */
export interface Decider<
  State,
  C extends CommandContract,
  Fact extends { readonly type: string },
  Folded extends { readonly type: string } = Fact,
> {
  readonly initialState: State;
  readonly decide: {
    readonly [T in C['type']]: (
      state: State,
      command: CommandOf<Extract<C, { type: T }>>,
    ) => Decision<Fact, RejectionOf<Extract<C, { type: T }>>>;
  };
  /** `Folded` is wider than `Fact` where an aggregate's log has a second writer. */
  readonly evolve: {
    readonly [T in Folded['type']]: (
      state: State,
      event: RecordedEvent<Extract<Folded, { type: T }>>,
    ) => State;
  };
}

export type Decision<Fact, Code extends string> = Accepted<Fact> | Rejected<Code>;

export interface Accepted<Fact> {
  readonly accepted: true;
  readonly events: readonly Fact[];
}

export interface Rejected<Code extends string> {
  readonly accepted: false;
  readonly code: Code;
  readonly details?: RefusalDetails | undefined;
}

export function accept<Fact>(...events: Fact[]): Accepted<Fact> {
  return { accepted: true, events };
}

export function reject<const Code extends string>(code: Code, details?: RefusalDetails): Rejected<Code> {
  return details ? { accepted: false, code, details } : { accepted: false, code };
}
