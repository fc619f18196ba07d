import { vi } from 'vitest';

const START = new Date('2026-11-21T12:00:00.000Z');

/** Time that passes only when a test says so. `vi.useRealTimers()` ends it. */
export function simulateTime(): void {
  vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
}

/** Until everybody has done what follows from what has happened, without any time passing. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time passes, timer by timer, and what follows from each follows at its moment. */
export async function pass(ms: number): Promise<void> {
  const end = { isOver: false };
  setTimeout(() => (end.isOver = true), ms);
  while (!end.isOver) {
    vi.advanceTimersToNextTimer();
    await settle();
  }
}
