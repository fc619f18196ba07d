/** How long a test waits for what must come: no bar of speed, so long enough for a machine with much else to do. */
export const WAIT_MS_MAX = 25_000;
const LOOK_AGAIN_MS = 20;

export class NotInTimeError extends Error {
  override readonly name = 'NotInTimeError';
}

/** What a wait looks at. */
export interface Watched<Found> {
  /** What was waited for, once it is there. */
  readonly look: () => Found | undefined | Promise<Found | undefined>;
  /** Said when it never came: what there was instead. */
  readonly instead: () => string;
  readonly waitMs?: number;
}

/** Looks until it is there: no test sleeps, and none waits for ever. */
export async function until<Found>({ look, instead, waitMs = WAIT_MS_MAX }: Watched<Found>): Promise<Found> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new NotInTimeError(instead());
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
