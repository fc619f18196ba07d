import type * as fc from 'fast-check';

import { settle } from './simulated-time.ts';

/** How often a model is run, and how many steps a run has at most. */
export const RUN_COUNT = 1_000;
export const STEP_COUNT_MAX = 100;
/** Seconds on a machine of its own; no bar of speed. */
export const MODEL_WAIT_MS = 300_000;

/** One step of a run: what happens, and what the model makes of it. */
export class Step<Model extends object, Real> implements fc.AsyncCommand<Model, Real> {
  readonly #name: string;
  readonly #run: (model: Model, real: Real) => void | Promise<void>;

  constructor(name: string, run: (model: Model, real: Real) => void | Promise<void>) {
    this.#name = name;
    this.#run = run;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.#run(model, real);
    await settle();
  }

  toString(): string {
    return this.#name;
  }
}
