import type { z } from 'zod';

/** Something said live and never stored: whoever does not hear it has missed it. */
export interface SignalContract {
  readonly type: string;
  readonly data: z.ZodType;
}

export function defineSignal<const S extends SignalContract>(contract: S): S {
  return contract;
}
