import { describe, expect, test } from 'vitest';

import { addTallies, closingLine, selectSuites, SUITES, tallyOfGate, tallyOfReport } from './test-suites.ts';

const counts = { numPassedTests: 40, numPendingTests: 2, numTodoTests: 0 };
const report = JSON.stringify({ ...counts, testResults: [] });

describe('what npm test counts', () => {
  test('the tests of every report, and a line that says so', () => {
    const total = addTallies(tallyOfReport('unit', report, 0), tallyOfReport('e2e', report, 0));
    expect(closingLine(total)).toBe('80 passed, 0 failed, 4 skipped');
  });

  test('what failed is named: a test, or a file that could not be read', () => {
    const assertionResults = [
      { fullName: 'a chat opens', status: 'passed' },
      { fullName: 'a chat ends', status: 'failed', failureMessages: ['not in time\n  at chat.ts'] },
    ];
    const testResults = [
      { name: '/parley/chat.test.ts', status: 'failed', message: '', assertionResults },
      { name: '/parley/odd.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    ];
    const { failures } = tallyOfReport('e2e', JSON.stringify({ ...counts, testResults }), 1);
    expect(failures).toEqual([
      'e2e: chat.test.ts › a chat ends: not in time',
      'e2e: /parley/odd.test.ts: no such module',
    ]);
  });

  test('a run that failed outside of a test is a failure', () => {
    expect(closingLine(tallyOfReport('unit', report, 1))).toBe('40 passed, 1 failed, 2 skipped');
    expect(closingLine(tallyOfReport('unit', undefined, 1))).toBe('0 passed, 1 failed');
  });

  test('a gate counts only when it fails', () => {
    expect(closingLine(tallyOfGate('lint', 0))).toBe('0 passed, 0 failed');
    expect(tallyOfGate('lint', 2).failures).toEqual(['lint: ended with 2']);
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
