import { expect, test } from 'vitest';

import { paceOf } from './crowd.ts';

test('people who are asked to talk more slowly do so by halves, and never fall silent', () => {
  const pace = paceOf(200);
  const paces = Array.from({ length: 5 }, () => {
    pace.ease();
    return pace.perSecond;
  });
  expect(paces).toEqual([100, 50, 25, 25, 25]);
});

test('people who talk slowly anyway are not asked to hurry', () => {
  const pace = paceOf(10);
  pace.ease();
  expect(pace.perSecond).toBe(10);
});
