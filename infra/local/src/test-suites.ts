import { basename } from 'node:path';

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
  {
    kind: 'gate',
    name: 'promises',
    command: [process.execPath, 'packages/fault/src/main.ts', 'gate', '--small'],
    msMax: 15 * MINUTE_MS,
  },
];

export interface Tally {
  readonly passed: number;
  readonly skipped: number;
  /** What failed, a line each: said again at the end, where who reads only the end of a long log finds it. */
  readonly failures: readonly string[];
}

export const NOTHING: Tally = { passed: 0, skipped: 0, failures: [] };

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    skipped: a.skipped + b.skipped,
    failures: [...a.failures, ...b.failures],
  };
}

/** What a run of vitest counts, from its JSON report. A run that failed without a failed test still failed. */
export function tallyOfReport(name: string, report: string | undefined, exitCode: number): Tally {
  const counted = report === undefined ? NOTHING : countsOf(name, report);
  if (exitCode === 0 || counted.failures.length > 0) return counted;

  return { ...counted, failures: [`${name}: ended with ${exitCode} and without a failed test`] };
}

/** A gate counts only when it fails: it is no test, but a failed one is a failure. */
export function tallyOfGate(name: string, exitCode: number): Tally {
  return exitCode === 0 ? NOTHING : { ...NOTHING, failures: [`${name}: ended with ${exitCode}`] };
}

export function closingLine({ passed, failures, skipped }: Tally): string {
  return `${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
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

/** The part of the report of vitest's own JSON reporter that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

function countsOf(name: string, report: string): Tally {
  const { numPassedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(report) as Report;
  const failures = testResults.flatMap((file) => {
    const tests = file.assertionResults.filter(({ status }) => status === 'failed');
    if (tests.length === 0 && file.status === 'failed') return [failure(name, file.name, file.message)];

    return tests.map(({ fullName, failureMessages }) =>
      failure(name, `${basename(file.name)} › ${fullName}`, failureMessages?.[0] ?? ''),
    );
  });

  return { passed: numPassedTests, skipped: numPendingTests + numTodoTests, failures };
}

function failure(name: string, what: string, message: string): string {
  return `${name}: ${what}: ${message.split('\n', 1)[0] ?? ''}`;
}
