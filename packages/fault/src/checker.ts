import { deviceInvariants } from './device-invariants.ts';
import type { History } from './history.ts';
import { logInvariants } from './log-invariants.ts';
import { processInvariants } from './process-invariants.ts';

/** A broken promise: which one, and where it can be seen. */
export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
}

const invariants = { ...logInvariants, ...deviceInvariants, ...processInvariants };

export type Invariant = keyof typeof invariants;

/** Every promise that is checked, by name. */
export const invariantNames = Object.keys(invariants) as readonly Invariant[];

/** Judges a history. Pure: the same history, the same judgement; nothing found is the good news. */
export function checkHistory(history: History): readonly Violation[] {
  return invariantNames.flatMap((invariant) =>
    invariants[invariant](history).map((detail) => ({ invariant, detail })),
  );
}
