import { expect, test } from 'vitest';

import { highlighted } from './highlighted.ts';

test('what was found stands out', () => {
  expect(highlighted('học tiếng Việt', [{ offset: 4, length: 10 }])).toEqual([
    { text: 'học ', isFound: false },
    { text: 'tiếng Việt', isFound: true },
  ]);
});

test('what was found far into a text is shown from a little before it', () => {
  const text = `${'a'.repeat(100)} here`;
  const [lead, found] = highlighted(text, [{ offset: 101, length: 4 }]);
  expect(lead?.text).toBe(`…${'a'.repeat(29)} `);
  expect(found).toEqual({ text: 'here', isFound: true });
});

test('nothing found leaves the text', () => {
  expect(highlighted('a text', [])).toEqual([{ text: 'a text', isFound: false }]);
});
