import { formatPosition, type LogName } from '@parley/event-sourcing';
import type { AskContract, OutcomeOf } from '@parley/jetstream';
import type { z } from 'zod';

import type { Asking, QueryBus } from './query-bus.ts';

export interface AskingCurrent extends Asking {
  readonly queries: Pick<QueryBus, 'ask'>;
  readonly log: LogName;
  /** The last position of that log. */
  readonly endOfLog: () => Promise<number>;
}

/**
 * Asks for what includes everything that is in a log by now. A table that lags behind for too long is better than none:
 * then `isCurrent` is false, and the last moments may be missing.
 */
export async function askCurrent<const C extends AskContract>(
  contract: C,
  data: z.input<C['input']>,
  { queries, log, endOfLog, ...asking }: AskingCurrent,
): Promise<{ readonly outcome: OutcomeOf<C>; readonly isCurrent: boolean }> {
  const end = await endOfLog().catch(() => 0);
  const outcome = await queries.ask(contract, data, { ...asking, minPosition: formatPosition(log, end) });
  const isBehind = outcome.kind === 'failed' && outcome.fault === 'read-model-behind';
  if (isBehind) return { outcome: await queries.ask(contract, data, asking), isCurrent: false };
  return { outcome, isCurrent: end > 0 && outcome.kind === 'ok' };
}
