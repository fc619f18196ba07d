const MINUTE_MS = 60_000;

/** A time of activity as `member` keeps it. */
export function activeMinuteOf(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS);
}
