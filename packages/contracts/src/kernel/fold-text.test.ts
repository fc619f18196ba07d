import { expect, test } from 'vitest';

import { foldText } from './fold-text.ts';

test.each([
  ['Đặng Bình', 'dang binh'],
  ['Hà Nội ', 'ha noi'],
  ['ĐÀ NẴNG', 'da nang'],
  // The same letters, typed as one character each and as a letter with its marks.
  ['tiếng Việt'.normalize('NFD'), 'tieng viet'],
  ['河内', '河内'],
])('%s is found as %s', (written, typed) => {
  expect(foldText(written)).toBe(typed);
  expect(foldText(typed)).toBe(typed);
});
