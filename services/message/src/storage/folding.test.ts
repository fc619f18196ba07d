import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { foldText, foldWithOffsets, searchWords } from './folding.ts';

const pieces = [
  'a',
  'B',
  'đ',
  'Đ',
  'ườ',
  'ệ',
  'Ệ'.normalize('NFD'),
  'ơ\u0303',
  'ﬁ',
  'Ｔ',
  '①',
  'ß',
  'İ',
  'Σ',
  '上',
  'が',
  'か\u3099',
  'ｶﾞ',
  '한',
  '한'.normalize('NFD'),
  '🙂',
  '👍🏽',
  '❤\ufe0f',
  ' ',
  '\n',
  '%',
  '\\',
];
const written = constantFrom(...pieces);
const texts = array(written, { maxLength: 40 }).map((some) => some.join(''));

const foldOf = (text: string) => foldText(text).folded;
const accentedOf = (text: string) => foldText(text).accented;

describe('a folded text', () => {
  test.each([
    ['Tiếng Việt', 'tieng viet'],
    ['ĐƯỜNG Đồng', 'duong dong'],
    ['Ｔｏｋｙｏ', 'tokyo'],
    ['ﬁn de siècle', 'fin de siecle'],
    ['Straße', 'strasse'],
    ['ｶﾞｷﾞ', 'ガギ'],
    ['ΟΔΟΣ οδός', 'οδοσ οδοσ'],
    ['İstanbul ılık', 'istanbul ilik'],
    ['❤️ xa\u00adnh', '❤ xanh'],
    ['한국', '한국'],
  ])('%s is %s', (text, folded) => {
    expect(foldOf(text)).toBe(folded);
  });

  test('is the same whether accents are letters’ parts or signs of their own', () => {
    for (const text of ['Đường về nhà', 'tiếng Việt', 'が', '한국어']) {
      const [composed, decomposed] = [text.normalize('NFC'), text.normalize('NFD')];
      expect(foldText(decomposed)).toEqual(foldText(composed));
    }
  });

  test('keeps what makes another letter in Japanese', () => {
    expect(foldOf('が')).not.toBe(foldOf('か'));
  });

  test('keeps the accents for who typed them', () => {
    expect(accentedOf('ĐƯỜNG')).toBe('đường');
    expect(accentedOf('Ｄưa'.normalize('NFD'))).toBe('dưa');
  });

  test('is what its pieces are, so that a part of a text is found in the whole', () => {
    assert(
      property(texts, texts, (one, other) => {
        expect(foldOf(`${one} ${other}`)).toBe(`${foldOf(one)} ${foldOf(other)}`);
      }),
    );
  });

  test('knows for each of its units where it was written', () => {
    assert(
      property(texts, (text) => {
        const { folded, starts, ends } = foldWithOffsets(text);
        expect([starts.length, ends.length]).toEqual([folded.length, folded.length]);
        expect(folded).toBe(foldOf(text));
        for (const [unit, start] of starts.entries()) {
          const piece = text.slice(start, ends[unit]);
          expect(foldOf(piece)).toContain(folded.charAt(unit));
        }
      }),
    );
  });

  test('of 10,000 accents on one letter is that letter', () => {
    expect(foldOf(`a${'\u0301'.repeat(10_000)}`)).toBe('a');
    expect(foldWithOffsets('Đường ơi, '.repeat(1_000)).folded).toHaveLength(10_000);
  });
});

describe('the words of a search', () => {
  test('are what lies between blanks, each once', () => {
    expect(searchWords('  Đường\tđường \u3000duong ').map(({ accented }) => accented)).toEqual([
      'đường',
      'duong',
    ]);
  });

  test('tell whether somebody typed an accent', () => {
    expect(searchWords('Đường pho').map(({ isAccented }) => isAccented)).toEqual([true, false]);
  });

  test('are none where nothing but a mark was typed', () => {
    expect(searchWords('\u0301 \u200b')).toEqual([]);
  });

  test('have no operators', () => {
    const words = searchWords(`"a b" c:* OR % _ <-> !x '`).map(({ folded }) => folded);
    expect(words).toEqual(['"a', 'b"', 'c:*', 'or', '%', '_', '<->', '!x', "'"]);
  });
});
