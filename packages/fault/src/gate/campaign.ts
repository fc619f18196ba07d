import type { Infra, System } from '@parley/local';

import type { Random } from '../random.ts';
import type { Verdict } from './bars.ts';

/** Where a campaign takes place: one system for all of them, each with people of its own. */
export interface Field {
  readonly infra: Infra;
  readonly system: System;
  readonly gatewayUrls: readonly [string, string];
  readonly random: Random;
  readonly isSmall: boolean;
  readonly say: (line: string) => void;
}

/** A promise, and how it is put to the test. */
export interface Campaign {
  readonly promise: string;
  /** However it goes, it is over by then. */
  readonly msMax: { readonly small: number; readonly full: number };
  run(field: Field): Promise<readonly Verdict[]>;
}
