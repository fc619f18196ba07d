import { array, assert, constantFrom, nat, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { foldText, searchWords } from './folding.ts';
import { gramsOf, gramsToFind, markGram, segmentKey, segmentOf } from './search-keys.ts';

const pieces = [
  'a',
  'b',
  'n',
  'g',
  'đ',
  'Đ',
  'ườ',
  'ế'.normalize('NFD'),
  'ﬁ',
  'Ｔ',
  '9',
  '-',
  "'",
  '%',
  ' ',
  '\n',
  '我',
  '家',
  '上',
  '海',
  'い',
  'ち',
  'ｶﾞ',
  '한',
  '한'.normalize('NFD'),
  '🙂',
  '𠀀',
  'Ж',
  'ไ',
];
const characters = constantFrom(...pieces);
const texts = array(characters, { minLength: 2, maxLength: 60 });

/** Whether the index proposes the text for what is looked for, and the check agrees. */
function finds(looked: string, text: string): boolean {
  const { folded } = foldText(text);
  const grams = gramsOf(folded);
  return searchWords(looked).every(
    (word) => folded.includes(word.folded) && gramsToFind([word.folded]).every((gram) => grams.has(gram)),
  );
}

describe('grams', () => {
  test('every part of a text finds it', () => {
    assert(
      property(tuple(texts, nat(), nat()), ([text, start, length]) => {
        const from = start % (text.length - 1);
        const part = text.slice(from, from + 2 + (length % text.length)).join('');
        expect(finds(part, text.join('')), `${part} in ${text.join('')}`).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a single sign of a script without blanks finds its text', () => {
    for (const sign of ['海', 'ち', '한']) {
      expect(gramsToFind([sign])).toHaveLength(1);
      expect(finds(sign, '我家在上海东边いちにさん한국')).toBe(true);
    }
  });

  test('a single letter is looked for without them', () => {
    expect(gramsToFind(['d'])).toEqual([]);
    expect(finds('d', 'đ')).toBe(true);
  });

  test('a part is looked for by its pairs alone', () => {
    expect(gramsToFind(['上海'])).toHaveLength(1);
    expect(gramsToFind(['nanana'])).toHaveLength(2);
  });

  test('of many words are few, and those that tell the most', () => {
    const words = ['khong', 'co', 'nhu', 'the', 'nao', 'xyz'];
    const grams = gramsToFind(words);
    expect(grams).toHaveLength(6);
    expect(gramsToFind(['xyz']).every((gram) => grams.includes(gram))).toBe(true);
  });

  test('none reaches over a blank', () => {
    expect([...gramsOf('ab cd')]).toHaveLength(2);
  });
});

describe('keys', () => {
  test('fit into 32 bits with a sign, and differ from segment to segment', () => {
    const mark = markGram({ kind: 'mention' });
    const keys = [0, 1, 2_047, 2_048, 4_095].map((segment) => segmentKey(segment, mark));
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toBe(key | 0);
  });

  test('begin anew after 4,096 segments', () => {
    expect(segmentKey(4_096 + 7, 1)).toBe(segmentKey(7, 1));
  });

  test('belong to the segment in which the message lies', () => {
    expect([segmentOf(1), segmentOf(16_383), segmentOf(16_384)]).toEqual([0, 0, 1]);
  });
});
