export const RETRY_BASE_MS = 250;
export const RETRY_CAP_MS = 10_000;

/**
 * How long to wait before try number `attempt` (from 0): anywhere up to a bound that doubles. The whole range is
 * random, so that ten thousand clients that lost one gateway do not come back in one moment.
 */
export function retryDelayMs(attempt: number, random: () => number = Math.random): number {
  return Math.floor(random() * Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(attempt, 16)));
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
