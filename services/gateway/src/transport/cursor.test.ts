import { expect, test } from 'vitest';

import { CursorSigner } from './cursor.ts';

const cursors = new CursorSigner(Buffer.alloc(32, 7));

test('a cursor that was given out is opened again', () => {
  expect(cursors.open(cursors.sign('before.42'))).toBe('before.42');
});

test('a cursor of another deployment is none', () => {
  expect(new CursorSigner(Buffer.alloc(32, 8)).open(cursors.sign('before.42'))).toBeUndefined();
});

test('a cursor with any byte changed is none', () => {
  const bytes = Buffer.from(cursors.sign('before.42'), 'base64url');
  const opened = [...bytes.keys()].map((index) => {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    return cursors.open(changed.toString('base64url'));
  });
  expect(opened.every((cursor) => cursor === undefined)).toBe(true);
});

test.each(['', 'x', 'before.42', "'; drop table message;--"])('%j is none', (text) => {
  expect(cursors.open(text)).toBeUndefined();
});
