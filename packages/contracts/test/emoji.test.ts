import { expect, test } from 'vitest';

import { Emoji } from '../src/index.ts';

test.each(['👍', '❤️', '👨‍👩‍👧‍👦', '🇻🇳', '👩🏽‍🚀', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🫶🏻'])('%s is one emoji', (emoji) => {
  expect(Emoji.safeParse(emoji)).toEqual({ success: true, data: emoji });
});

test('an emoji without its variation selector is the same emoji', () => {
  expect(Emoji.parse('\u2764')).toBe('\u2764\uFE0F');
});

test.each([
  '',
  ' ',
  'a',
  '1',
  '👍👍',
  '👍 ',
  ':+1:',
  '<script>',
  '\u0000',
  '\u200d',
  '👍'.repeat(100),
  Array.from({ length: 40 }, () => '👨').join('\u200d'),
  'x'.repeat(200),
])('%j is not', (text) => {
  expect(Emoji.safeParse(text).success).toBe(false);
});
