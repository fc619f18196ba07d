import { describe, expect, test } from 'vitest';

import { addTallies, closingLine, selectSuites, SUITES, tallyOfGate, tallyOfReport } from './test-suites.ts';

const report = JSON.stringify({ numPassedTests: 40, numFailedTests: 0, numPendingTests: 2, numTodoTests: 0 });

describe('what npm test counts', () => {
  test('the tests of every report, and a line that says so', () => {
    const total = addTallies(tallyOfReport(report, 0), tallyOfReport(report, 0));
    expect(closingLine(total)).toBe('80 passed, 0 failed, 4 skipped');
  });

  test('a run that failed outside of a test is a failure', () => {
    expect(tallyOfReport(report, 1)).toEqual({ passed: 40, failed: 1, skipped: 2 });
    expect(tallyOfReport(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('a gate counts only when it fails', () => {
    expect(closingLine(tallyOfGate(0))).toBe('0 passed, 0 failed');
    expect(closingLine(tallyOfGate(1))).toBe('0 passed, 1 failed');
  });
});

describe('which suites run', () => {
  test('all of them, or those that are named', () => {
    expect(selectSuites([])).toBe(SUITES);
    expect(selectSuites(['--only=unit,lint']).map(({ name }) => name)).toEqual(['lint', 'unit']);
  });

  test('an unknown name is refused', () => {
    expect(() => selectSuites(['--only=units'])).toThrow('There is no suite units');
  });
});
