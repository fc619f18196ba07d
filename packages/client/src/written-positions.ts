import { Position } from '@parley/contracts';

/** Where a kind of log stands in a position that an answer names; 0 where it names none of that kind. */
export function positionIn(log: string, position: string): number {
  const named = position.split(',').find((one) => one.startsWith(`${log}-`));
  return named === undefined ? 0 : Number(named.slice(log.length + 1));
}

/** How far each kind of log had come with what was written, so that a read can ask to include it. */
export class WrittenPositions {
  readonly #furthest = new Map<string, number>();

  copy(): WrittenPositions {
    const copy = new WrittenPositions();
    for (const [log, value] of this.#furthest) copy.#furthest.set(log, value);
    return copy;
  }

  /** Takes in what an answer says of itself. What is no position is left alone: a newer server may have other ones. */
  take(position: unknown): void {
    const parsed = Position.safeParse(position);
    if (!parsed.success) return;
    const [log = '', value] = parsed.data.split('-');
    this.#furthest.set(log, Math.max(Number(value), this.#furthest.get(log) ?? 0));
  }

  /** All of them as `X-Min-Position` carries them; undefined where nothing was written. */
  get all(): string | undefined {
    const positions = [...this.#furthest].map(([log, value]) => `${log}-${value}`);
    return positions.length === 0 ? undefined : positions.join(',');
  }
}
