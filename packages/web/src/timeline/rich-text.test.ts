import { expect, test } from 'vitest';

import { isOnlyEmojis, textPieces } from './rich-text.ts';

test('a text is cut where a meaning begins or ends, also where two overlap', () => {
  const pieces = textPieces('one two three', [
    { type: 'bold', offset: 0, length: 7 },
    { type: 'italic', offset: 4, length: 9 },
  ]);
  expect(pieces.map(({ text, marks }) => [text, [...marks].join('+')])).toEqual([
    ['one ', 'bold'],
    ['two', 'bold+italic'],
    [' three', 'italic'],
  ]);
});

test('an address is a link, without the stop after it', () => {
  const [, link, rest] = textPieces('see https://example.com/a?b=1. Good');
  expect(link).toMatchObject({ text: 'https://example.com/a?b=1', url: 'https://example.com/a?b=1' });
  expect(rest?.text).toBe('. Good');
});

test('nothing but the web is a link', () => {
  const text = 'javascript:alert(1)';
  const entity = { type: 'link' as const, offset: 0, length: text.length };
  expect(textPieces(text, [entity])[0]?.url).toBeUndefined();
  expect(textPieces('data:text/html,hi file:///etc').some(({ url }) => url !== undefined)).toBe(false);
});

test('in code an address is code', () => {
  const text = 'https://example.com';
  const [piece] = textPieces(text, [{ type: 'code', offset: 0, length: text.length }]);
  expect(piece?.url).toBeUndefined();
});

test('whatever the pieces, they are the text', () => {
  const text = '👋🏽 xin chào @Bình, https://a.vn';
  const entities = [
    { type: 'mention' as const, offset: 14, length: 5, userId: 'usr_x' as never },
    { type: 'bold' as const, offset: 90, length: 5 },
  ];
  const pieces = textPieces(text, entities);
  expect(pieces.map((piece) => piece.text).join('')).toBe(text);
  expect(pieces.find(({ userId }) => userId === 'usr_x')?.text).toBe('@Bình');
});

test('up to three emojis alone are large', () => {
  expect(['👍', '👨‍👩‍👧 ❤️', '🇻🇳🇻🇳🇻🇳'].map(isOnlyEmojis)).toEqual([true, true, true]);
  expect(['👍👍👍👍', 'ok 👍', '1'].map(isOnlyEmojis)).toEqual([false, false, false]);
});
