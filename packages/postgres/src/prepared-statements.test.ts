import { expect, test } from 'vitest';

import { PreparedStatements } from './prepared-statements.ts';

const REPEATED = 'select 1 where $1';
const USE_COUNT = 10;

function namesOf(statements: PreparedStatements, text: string): readonly (string | undefined)[] {
  return Array.from({ length: USE_COUNT }, () => statements.nameOf(text));
}

test('a statement that is repeated gets a name and keeps it', () => {
  const names = namesOf(new PreparedStatements(), REPEATED);
  expect(names[0]).toBeUndefined();
  expect(names.at(-1)).toBeDefined();
  expect(new Set(names).size).toBe(2);
});

test('no two statements share a name, and one that was forgotten gets another', () => {
  const statements = new PreparedStatements();
  const first = namesOf(statements, REPEATED).at(-1);
  const other = namesOf(statements, 'select 2 where $1').at(-1);
  statements.forget(REPEATED);
  const second = namesOf(statements, REPEATED).at(-1);
  expect(new Set([first, other, second]).size).toBe(3);
});

test('there is an end to the names, and those who have one keep it', () => {
  const statements = new PreparedStatements();
  const first = namesOf(statements, REPEATED).at(-1);
  const texts = Array.from({ length: 5_000 }, (_, index) => `select ${index} where $1`);
  const names = texts.map((text) => namesOf(statements, text).at(-1));
  expect(names.filter(Boolean).length).toBeLessThan(1_000);
  expect(names.at(-1)).toBeUndefined();
  expect(statements.nameOf(REPEATED)).toBe(first);
});

test('what is different each time takes no name from what is repeated', () => {
  const statements = new PreparedStatements();
  for (let index = 0; index < 50_000; index += 1) statements.nameOf(`select ${index} where $1`);
  expect(namesOf(statements, REPEATED).at(-1)).toBeDefined();
});
