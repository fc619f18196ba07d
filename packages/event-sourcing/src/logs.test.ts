import { Positions } from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { formatPosition, positionIn } from './logs.ts';

describe('where An’s own writes are', () => {
  const conversations = formatPosition('conv', 42);
  const account = formatPosition('user', 7);

  test('one position speaks of its own kind of log and of no other', () => {
    expect([positionIn('conv', conversations), positionIn('user', conversations)]).toEqual([42, 0]);
    expect(positionIn('conv', undefined)).toBe(0);
  });

  test.each([`${conversations},${account}`, `${account}, ${conversations}`])(
    'several are each found under their own kind: %s',
    (positions) => {
      expect(Positions.parse(positions)).toBe(positions);
      expect([positionIn('conv', positions), positionIn('user', positions)]).toEqual([42, 7]);
    },
  );

  test('of two of one kind the later one counts', () => {
    expect(positionIn('conv', 'conv-42,conv-9')).toBe(42);
  });

  test.each(['', ',', 'conv-1,', 'conv-1,,user-2', 'conv-1;user-2', 'conv--1', '*'])(
    'what no answer ever said is no position: "%s"',
    (text) => {
      expect(Positions.safeParse(text).success).toBe(false);
    },
  );
});
