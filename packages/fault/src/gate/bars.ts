/** What a campaign is held to: a sentence, and how many of what it counts there may be. */
export interface Bar {
  readonly says: string;
  readonly limit: string;
  readonly holds: (count: number) => boolean;
}

/** What a campaign counted of something: how often, or where, a sentence for each place. */
export type Count = number | readonly string[];

export interface Verdict {
  readonly says: string;
  readonly limit: string;
  readonly count: number;
  readonly isKept: boolean;
  readonly examples: readonly string[];
}

const EXAMPLE_COUNT_MAX = 5;

/** A promise: it is broken nowhere. */
export function none(says: string): Bar {
  return { says, limit: '0', holds: (count) => count === 0 };
}

/** What a campaign must have gone through to prove anything. */
export function atLeast(limit: number, says: string): Bar {
  return { says, limit: `≥ ${limit}`, holds: (count) => count >= limit };
}

export function atMost(limit: number, says: string): Bar {
  return { says, limit: `≤ ${limit}`, holds: (count) => count <= limit };
}

/** Holds each count against its bar. A bar that nobody counted for does not compile. */
export function judge<Name extends string>(
  bars: Readonly<Record<Name, Bar>>,
  counts: Readonly<Record<Name, Count>>,
): readonly Verdict[] {
  return (Object.keys(bars) as Name[]).map((name) => {
    const { says, limit, holds } = bars[name];
    const counted: Count = counts[name];
    const count = typeof counted === 'number' ? counted : counted.length;
    const examples = typeof counted === 'number' ? [] : counted.slice(0, EXAMPLE_COUNT_MAX);
    // What is not a number is nothing that could be kept.
    return { says, limit, count, isKept: !Number.isNaN(count) && holds(count), examples };
  });
}

export function verdictLines(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts.flatMap(({ says, limit, count, isKept, examples }) => [
    `  ${isKept ? 'kept  ' : 'BROKEN'}  ${says}: ${Math.round(count * 10) / 10} (${limit})`,
    ...(isKept ? [] : examples.map((example) => `            ${example}`)),
  ]);
}
