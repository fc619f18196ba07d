import type { TokensView } from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { ApiError, notSent } from './api-error.ts';
import type { Api } from './api.ts';
import { Session, TOKEN_LEAD_MS } from './session.ts';

const tokens = (number: number, lifeMs = 600_000) =>
  ({
    accessToken: `access-${number}`,
    refreshToken: `refresh-${number}`,
    accessTokenExpiresAt: new Date(Date.now() + lifeMs).toISOString(),
  }) as TokensView;

/** An API on which only the refresh is called, and answers what the test wants. */
function sessionWith(refresh: (refreshToken: string) => Promise<TokensView>) {
  const used: string[] = [];
  const ends: string[] = [];
  const api = {
    call: (_: string, { body }: { body: { refreshToken: string } }) => {
      used.push(body.refreshToken);
      return refresh(body.refreshToken);
    },
  } as unknown as Api;
  const session = new Session(api, tokens(1), { onEnd: (reason) => ends.push(reason) });
  return { session, used, ends };
}

describe('a session', () => {
  test('many calls that find the token refused trade the refresh token once', async () => {
    const { session, used } = sessionWith(() => Promise.resolve(tokens(2)));
    const renewed = await Promise.all([1, 2, 3].map(() => session.renew('access-1')));
    expect([renewed, used]).toEqual([['access-2', 'access-2', 'access-2'], ['refresh-1']]);
    expect(await session.renew('access-1')).toBe('access-2');
    expect(used).toHaveLength(1);
  });

  test('uses a token up to shortly before its end', () => {
    const { session } = sessionWith(() => Promise.reject(notSent('unused')));
    const leftMs = session.usableForMs();
    expect(leftMs).toBeGreaterThan(600_000 - TOKEN_LEAD_MS - 1_000);
    expect(leftMs).toBeLessThanOrEqual(600_000 - TOKEN_LEAD_MS);
  });

  test('a refused refresh ends it', async () => {
    const refused = new ApiError({ code: 'SESSION_REVOKED', message: 'reused', definite: true });
    const { session, ends } = sessionWith(() => Promise.reject(refused));
    await expect(session.renew('access-1')).rejects.toBe(refused);
    expect(ends).toEqual(['refresh-refused']);
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  });

  test('a server that cannot be reached does not', async () => {
    const { session, ends } = sessionWith(() => Promise.reject(notSent('away')));
    await expect(session.renew('access-1')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect([ends, await session.accessToken()]).toEqual([[], 'access-1']);
  });
});
