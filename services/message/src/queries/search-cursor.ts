/** Matches that have every accent that was typed come before those that have not. */
export type SearchRank = 'exact' | 'folded';

/** A place among the matches: those of a rank before a position, and all of the next rank. */
export interface SearchPlace {
  readonly rank: SearchRank;
  readonly before: number;
}

export function formatSearchCursor({ rank, before }: SearchPlace): string {
  return `${rank}.${before}`;
}

/** The inside of a cursor; the edge signs it, so that only what was written here comes back. */
export function parseSearchCursor(cursor: string): SearchPlace | undefined {
  const [, rank, digits] = /^(exact|folded)\.(\d{1,16})$/.exec(cursor) ?? [];
  const before = Number(digits);
  if ((rank !== 'exact' && rank !== 'folded') || !Number.isSafeInteger(before)) return undefined;
  return { rank, before };
}
