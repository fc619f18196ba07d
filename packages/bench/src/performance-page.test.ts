import { expect, test } from 'vitest';

import { replaceSection, table } from './performance-page.ts';

test('a section is replaced and the words around it stay', () => {
  const once = replaceSection('# Page\n\nBefore.\n', 'send', 'old');
  const page = replaceSection(`${once}\nAfter.\n`, 'send', 'new');

  expect(page).toBe(
    '# Page\n\nBefore.\n\n<!-- bench:send begin -->\nnew\n<!-- bench:send end -->\n\nAfter.\n',
  );
});

test('sections of other names are left alone', () => {
  const page = replaceSection(replaceSection('# Page\n', 'send', 'a'), 'rebuild', 'b');

  expect(replaceSection(page, 'rebuild', 'c')).toContain('<!-- bench:send begin -->\na\n');
});

test('a table has a line per row', () => {
  expect(table(['who', 'ms'], [['An', '3']])).toBe('| who | ms |\n| --- | --- |\n| An | 3 |');
});
