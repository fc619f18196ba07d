import type { SyncPage } from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { ApiError, notSent } from './api-error.ts';
import { SyncByToken } from './sync-by-token.ts';

const page = (token: string, more: Partial<SyncPage> = {}): SyncPage => ({
  token,
  hasMore: false,
  resyncRequired: null,
  conversations: [],
  messages: [],
  removed: [],
  positions: [],
  hidden: [],
  settings: null,
  ...more,
});

/** A server that answers each token by what is written here, and what was asked of it. */
function opened(answers: Readonly<Record<string, SyncPage | Error>>, kept?: string) {
  const asked: string[] = [];
  const taken: string[] = [];
  const saved: string[] = [];
  const sync = new SyncByToken({
    ask: async (token) => {
      asked.push(token);
      const answer = answers[token];
      if (answer instanceof Error) throw answer;
      if (answer === undefined) throw new Error(`${token} was not expected`);
      return answer;
    },
    take: ({ token }) => taken.push(token),
    storage: {
      load: async () => kept,
      save: async (token) => void saved.push(token),
    },
  });
  return { sync, asked, taken, saved };
}

const refused = new ApiError({ code: 'VALIDATION_FAILED', message: 'no', definite: true });

describe('a device with a token', () => {
  test('takes page after page, and keeps how far it has come', async () => {
    const { sync, asked, taken, saved } = opened(
      { a: page('b', { hasMore: true }), b: page('c', { hasMore: true }), c: page('d') },
      'a',
    );
    expect(await sync.goOn('fresh')).toBe(true);
    expect([asked, taken, saved]).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c', 'd'],
      ['b', 'c', 'd'],
    ]);
    expect([sync.token, sync.isIdle]).toEqual(['d', true]);
  });

  test('that is cut in the middle goes on from there', async () => {
    const answers: Record<string, SyncPage | Error> = { a: page('b', { hasMore: true }), b: notSent('cut') };
    const { sync, asked } = opened(answers, 'a');
    await expect(sync.goOn('fresh')).rejects.toThrow('cut');
    expect([sync.token, sync.isIdle]).toEqual(['b', true]);
    answers['b'] = page('c');
    expect(await sync.goOn('fresh')).toBe(true);
    expect(asked).toEqual(['a', 'b', 'b']);
  });

  test.each([
    ['that is refused', refused],
    ['of a stream that is there no more', page('x', { resyncRequired: 'EPOCH' })],
  ])('one %s lets it go, and has everything read anew', async (_, answer) => {
    const { sync, taken } = opened({ a: answer, fresh: page('now') }, 'a');
    expect(await sync.goOn('fresh')).toBe(false);
    expect([sync.token, taken]).toEqual(['now', ['now']]);
    expect(sync.isIdle).toBe(true);
  });
});

test('a device without one reads everything, and goes on from the connection’s own the next time', async () => {
  const { sync } = opened({ fresh: page('now'), now: page('later') });
  expect(await sync.goOn('fresh')).toBe(false);
  expect(await sync.goOn('other')).toBe(true);
  expect(sync.token).toBe('later');
});

test('where nothing answers there is no token, and everything is read anew the next time as well', async () => {
  const { sync } = opened({ fresh: notSent('away') });
  expect(await sync.goOn('fresh')).toBe(false);
  expect(sync.token).toBeUndefined();
});
