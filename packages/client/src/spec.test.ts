import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}/${path}`, 'utf8');

/** The invariants that SPEC.md numbers, in its order. */
const promised = [...read('SPEC.md').matchAll(/^- \*\*(I\d+)\*\* /gm)].map(([, name = '']) => name);

/** Those that titles of tests begin with, as `I7: …` or `I1, I2: …`. */
const tested = globSync('{src,test}/**/*.test.ts', { cwd: ROOT }).flatMap((path) =>
  [...read(path).matchAll(/\btest(?:\.each\([^)]*\))?\(\s*[`'"]((?:I\d+, )*I\d+): /g)].flatMap(
    ([, names = '']) => names.split(', '),
  ),
);

test('every invariant of the spec is held by a test that names it, and no test names another', () => {
  expect([...new Set(tested)].toSorted()).toEqual(promised.toSorted());
});

test('the invariants are numbered without a hole', () => {
  expect(promised).toEqual(promised.map((_, index) => `I${index + 1}`));
});
