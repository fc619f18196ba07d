import { describe, expect, test } from 'vitest';

import { namesIn, readLine } from './line.ts';

describe('a typed line', () => {
  test('is said', () => {
    expect(readLine('  Phở at noon? ')).toEqual({ kind: 'say', text: 'Phở at noon?' });
  });

  test('is a command after a slash', () => {
    expect(readLine('/Group Weekend trip @an')).toEqual({
      kind: 'command',
      name: 'group',
      words: ['Weekend', 'trip', '@an'],
    });
  });

  test('may start with a slash and still be said', () => {
    expect(readLine('//etc/hosts')).toEqual({ kind: 'say', text: '/etc/hosts' });
  });

  test('may be nothing', () => {
    expect(readLine('   ')).toEqual({ kind: 'nothing' });
  });

  test('may name people among its words', () => {
    expect(namesIn(['Weekend', 'trip', '@an', '@Binh'])).toEqual({
      text: 'Weekend trip',
      usernames: ['an', 'binh'],
    });
  });
});
