interface Ordered {
  readonly type: string;
  readonly aggregateId: string;
}

/** What can be written together: for each type, in the order of the projection's table, its events in log order. */
export type Wave<Event> = ReadonlyMap<string, readonly Event[]>;

/**
 * Groups events so that each type of a group can be written by one statement and no aggregate notices.
 *
 * Within a wave types apply in the order of `types`. So an event may join the wave of its aggregate's event
 * before it when its type stands in the same place or a later one; otherwise it opens the next wave. Events of
 * different aggregates never wait for each other. Types that are not listed are left out.
 */
export function eventWaves<Event extends Ordered>(
  types: readonly string[],
  events: readonly Event[],
): readonly Wave<Event>[] {
  const rankOf = new Map(types.map((type, rank) => [type, rank]));
  const lastOf = new Map<string, { readonly wave: number; readonly rank: number }>();
  const waves: Event[][][] = [];

  for (const event of events) {
    const rank = rankOf.get(event.type);
    if (rank === undefined) continue;
    const last = lastOf.get(event.aggregateId) ?? { wave: 0, rank: 0 };
    const wave = rank >= last.rank ? last.wave : last.wave + 1;
    lastOf.set(event.aggregateId, { wave, rank });
    const groups = (waves[wave] ??= types.map(() => []));
    groups[rank]?.push(event);
  }

  return waves.map((groups) => new Map(nonEmpty(types, groups)));
}

function nonEmpty<Event>(types: readonly string[], groups: readonly Event[][]): [string, readonly Event[]][] {
  return types.flatMap((type, rank) => {
    const group = groups[rank] ?? [];
    return group.length === 0 ? [] : [[type, group] as [string, readonly Event[]]];
  });
}
