import { newUuidV7 } from '@parley/contracts';

import { ApiError, mayRetry, retryAfterMsOf } from './api-error.ts';
import { retryDelayMs, sleep } from './backoff.ts';

/** How often an act that is safe to repeat is tried. */
const TRY_COUNT_MAX = 4;
/** How long after the first try another one may begin: the server knows a key for two minutes. */
const TRY_WAIT_MS_MAX = 60_000;

/** Tries until it is done or refused for good, under one key: however often it is tried, it happens once. */
export async function act<Answer>(ask: (idempotencyKey: string) => Promise<Answer>): Promise<Answer> {
  const idempotencyKey = newUuidV7();
  const lastTryAtMs = Date.now() + TRY_WAIT_MS_MAX;
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask(idempotencyKey);
    } catch (error) {
      const pauseMs = Math.max(retryDelayMs(tries), retryAfterMsOf(error));
      const isOver = tries >= TRY_COUNT_MAX || Date.now() + pauseMs > lastTryAtMs;
      if (!mayRetry(error) || isOver) throw error;
      await sleep(pauseMs);
    }
  }
}

/**
 * The same for an act that is refused where it has been done already, as leaving is: after a try of which nobody
 * knows, that refusal says that it was done.
 */
export async function actOnce(
  ask: (idempotencyKey: string) => Promise<unknown>,
  saysDone: (refusal: ApiError) => boolean,
): Promise<void> {
  let mayBeDone = false;
  await act(async (idempotencyKey) => {
    try {
      await ask(idempotencyKey);
    } catch (error) {
      if (mayBeDone && error instanceof ApiError && saysDone(error)) return;
      mayBeDone ||= !(error instanceof ApiError && error.definite);
      throw error;
    }
  });
}
