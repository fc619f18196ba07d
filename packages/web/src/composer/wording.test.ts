import { describe, expect, test } from 'vitest';

import { folded, mentionQuery, withMention } from './mention-query.ts';
import { typedOf, wordingOf } from './wording.ts';

describe('what is typed', () => {
  test('marks become meanings', () => {
    expect(wordingOf('Phở at **noon**, _not_ `1`', [])).toEqual({
      text: 'Phở at noon, not 1',
      entities: [
        { type: 'bold', offset: 7, length: 4 },
        { type: 'italic', offset: 13, length: 3 },
        { type: 'code', offset: 17, length: 1 },
      ],
    });
  });

  test('marks that close nothing are letters', () => {
    for (const text of ['2 ** 3', 'snake_case_name', '`', '**', '* * *']) {
      expect(wordingOf(text, [])).toEqual({ text, entities: [] });
    }
  });

  test('who was picked is called, as often as they stand there, and nobody else', () => {
    const picked = [{ name: '@Bình', userId: 'b' }, { name: '@Bình An', userId: 'ba' }, { name: '@all' }];
    expect(wordingOf('@Bình An and @Bình, @Chi, @all', picked).entities).toEqual([
      { type: 'mention', offset: 0, length: 8, userId: 'ba' },
      { type: 'mention', offset: 13, length: 5, userId: 'b' },
      { type: 'mention', offset: 26, length: 4, all: true },
    ]);
  });

  test('in code nobody is called', () => {
    expect(wordingOf('`@Bình`', [{ name: '@Bình', userId: 'b' }]).entities).toEqual([
      { type: 'code', offset: 0, length: 5 },
    ]);
  });

  test('what is edited comes back as it was typed', () => {
    const typed = '**Xin chào** @Bình, _mai_ `x = 1`';
    const picked = [{ name: '@Bình', userId: 'b' }];
    const said = wordingOf(typed, picked);
    expect(typedOf(said)).toEqual({ typed, picked });
  });
});

describe('the letters after an @', () => {
  test('are what is looked for, up to the caret', () => {
    expect(mentionQuery('hi @bi', 6)).toBe('bi');
    expect(mentionQuery('hi @', 4)).toBe('');
    expect(mentionQuery('an@example.com', 14)).toBeUndefined();
    expect(mentionQuery('hi @bi there', 3)).toBeUndefined();
  });

  test('give way to the name', () => {
    expect(withMention('hi @bi!', 6, '@Bình')).toEqual({ text: 'hi @Bình !', caret: 9 });
  });

  test('need no accents', () => {
    expect([folded('Bình'), folded('Đặng')]).toEqual(['binh', 'dang']);
  });
});
