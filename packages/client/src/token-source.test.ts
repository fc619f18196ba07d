import { describe, expect, test } from 'vitest';

import { tokensFrom } from './token-source.ts';

/** A provider that hands out t1, t2 … when the test lets it. */
function provider() {
  const asked: (() => void)[] = [];
  let count = 0;
  const give = () => new Promise<string>((resolve) => asked.push(() => resolve(`t${(count += 1)}`)));
  return {
    give,
    asked,
    answer: () => {
      for (const one of asked.splice(0)) one();
    },
  };
}

describe('tokens of an app', () => {
  test('one question serves everybody who needs a token meanwhile', async () => {
    const { give, asked, answer } = provider();
    const tokens = tokensFrom(give);
    const all = [tokens.accessToken(), tokens.accessToken(), tokens.renew('old')];
    await Promise.resolve();
    expect(asked).toHaveLength(1);
    answer();
    expect(await Promise.all(all)).toEqual(['t1', 't1', 't1']);
  });

  test('the next one is asked for when that at hand is refused, and only then', async () => {
    let count = 0;
    const tokens = tokensFrom(() => `t${(count += 1)}`);
    expect([await tokens.accessToken(), await tokens.accessToken()]).toEqual(['t1', 't1']);
    expect(await tokens.renew('t1')).toBe('t2');
    expect([await tokens.renew('t1'), await tokens.accessToken()]).toEqual(['t2', 't2']);
  });

  test('one that could not be had is asked for again', async () => {
    let isAway = true;
    const tokens = tokensFrom(() => {
      if (isAway) throw new Error('no network');
      return 'good';
    });
    await expect(tokens.accessToken()).rejects.toThrow('no network');
    isAway = false;
    expect(await tokens.accessToken()).toBe('good');
  });

  test('a token that is only a word has no other after it', async () => {
    const tokens = tokensFrom('word');
    expect(await tokens.accessToken()).toBe('word');
    await expect(tokens.renew('word')).rejects.toMatchObject({ code: 'TOKEN_EXPIRED', definite: true });
  });
});
