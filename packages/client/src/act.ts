import { newUuidV7 } from '@parley/contracts';

import { mayRetry, retryAfterMsOf } from './api-error.ts';
import { retryDelayMs, sleep } from './backoff.ts';

/** How often an act that is safe to repeat is tried. */
const TRY_COUNT_MAX = 4;

/** Tries until it is done or refused for good, under one key: however often it is tried, it happens once. */
export async function act<Answer>(ask: (idempotencyKey: string) => Promise<Answer>): Promise<Answer> {
  const idempotencyKey = newUuidV7();
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask(idempotencyKey);
    } catch (error) {
      if (!mayRetry(error) || tries >= TRY_COUNT_MAX) throw error;
      await sleep(Math.max(retryDelayMs(tries), retryAfterMsOf(error)));
    }
  }
}
