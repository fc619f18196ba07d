const MINUTE_MS = 60_000;

/** One thing that `npm test` runs: a gate that passes or fails, or a suite that counts its tests. */
export type Suite =
  | {
      readonly kind: 'gate';
      readonly name: string;
      readonly command: readonly string[];
      readonly msMax: number;
    }
  | { readonly kind: 'vitest'; readonly name: string; readonly project: string; readonly msMax: number };

/** In the order of how soon they tell; each runs even if one before it failed, so that one run shows all there is. */
export const SUITES: readonly Suite[] = [
  gate('format'),
  gate('lint'),
  gate('types'),
  gate('boundaries'),
  gate('dead-code'),
  { kind: 'vitest', name: 'unit', project: 'unit', msMax: 5 * MINUTE_MS },
  { kind: 'vitest', name: 'integration', project: 'integration', msMax: 15 * MINUTE_MS },
  { kind: 'vitest', name: 'e2e', project: 'e2e', msMax: 15 * MINUTE_MS },
  {
    kind: 'gate',
    name: 'fault',
    command: [process.execPath, 'packages/fault/src/main.ts', 'smoke'],
    msMax: 5 * MINUTE_MS,
  },
];

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 };

export function addTallies(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** What a run of vitest counts, from its JSON report. A run that failed without a failed test still failed. */
export function tallyOfReport(report: string | undefined, exitCode: number): Tally {
  const counted = report === undefined ? NOTHING : countsOf(report);
  if (exitCode !== 0 && counted.failed === 0) return { ...counted, failed: 1 };

  return counted;
}

/** A gate counts only when it fails: it is no test, but a failed one is a failure. */
export function tallyOfGate(exitCode: number): Tally {
  return exitCode === 0 ? NOTHING : { ...NOTHING, failed: 1 };
}

export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export function selectSuites(args: readonly string[]): readonly Suite[] {
  const only = args.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
  if (only === undefined) return SUITES;

  const names = only.split(',');
  const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `There is no suite ${unknown.join(', ')}; there are ${SUITES.map(({ name }) => name).join(', ')}.`,
    );
  }

  return SUITES.filter(({ name }) => names.includes(name));
}

/** A script of the root package.json, so that a gate is written down once. */
function gate(name: string): Suite {
  return { kind: 'gate', name, command: [process.execPath, '--run', name], msMax: 5 * MINUTE_MS };
}

function countsOf(report: string): Tally {
  // Written by vitest's own JSON reporter.
  const counts = JSON.parse(report) as Readonly<Record<string, number | undefined>>;

  return {
    passed: counts['numPassedTests'] ?? 0,
    failed: counts['numFailedTests'] ?? 0,
    skipped: (counts['numPendingTests'] ?? 0) + (counts['numTodoTests'] ?? 0),
  };
}
