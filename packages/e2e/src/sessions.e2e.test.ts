import { Api } from '@parley/client';
import { type Person, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

describe('sessions', () => {
  test('a password opens a session, a wrong one does not, and neither says whether there is such a person', async ({
    world,
  }) => {
    const [an] = await world.people('An');
    const api = new Api({ url: world.gatewayUrl(1) });
    const { username, password } = an;

    expect(await api.call('signIn', { body: { username, password } })).toMatchObject({ userId: an.userId });
    const wrong = { code: 'UNAUTHENTICATED', message: 'User name or password is wrong.' };
    await expect(api.call('signIn', { body: { username, password: 'nope nope' } })).rejects.toMatchObject(
      wrong,
    );
    await expect(api.call('signIn', { body: { username: `${username}x`, password } })).rejects.toMatchObject(
      wrong,
    );
  });

  test('a user name belongs to one person, whoever asks first', async ({ world }) => {
    const username = `t${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;
    const apis = [0, 1].map((index) => new Api({ url: world.gatewayUrl(index) }));
    const body = { username, password: 'correct horse', displayName: 'An' };
    const results = await Promise.allSettled([...apis, ...apis].map((api) => api.call('register', { body })));

    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    const people = new Set(
      results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.userId] : [])),
    );
    expect(people.size).toBe(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFLICT' });
    }
  });

  test('a refresh token is good once; a used one that comes back ends the session at once', async ({
    world,
  }) => {
    const [an] = await world.people('An');
    const laptop = await an.takesAnotherDevice();
    const api = new Api({ url: world.gatewayUrl(0) });
    const { refreshToken, sessionId } = laptop.tokens;

    const next = await api.call('refresh', { body: { refreshToken } });
    expect(next).toMatchObject({ userId: an.userId, sessionId });
    await expect(api.call('refresh', { body: { refreshToken } })).rejects.toMatchObject({
      code: 'SESSION_REVOKED',
    });
    await expect(api.call('refresh', { body: { refreshToken: next.refreshToken } })).rejects.toMatchObject({
      definite: true,
    });

    await laptop.hears('session_revoked');
    await laptop.becomes((state) => state === 'stopped');
    expect(an.device.chat.connection.state).toBe('connected');
  });

  test('signing out closes the sockets and the tokens of that device, and of no other', async ({ world }) => {
    const [an] = await world.people('An');
    const laptop = await an.takesAnotherDevice();
    const { accessToken, deviceId } = laptop.tokens;

    await an.api.call('endDevice', { params: { id: deviceId } });
    await laptop.hears('session_revoked');
    await laptop.becomes((state) => state === 'stopped');

    const statusOf = async (index: number) => {
      const headers = { authorization: `Bearer ${accessToken}` };
      const response = await fetch(`${world.gatewayUrl(index)}/auth/me`, { headers });
      const body = (await response.json()) as { readonly code?: string };
      return body.code;
    };
    for (const index of [0, 1]) {
      await until({
        look: async () => ((await statusOf(index)) === 'SESSION_REVOKED' ? true : undefined),
        instead: () => `gateway ${index} still takes the token`,
      });
    }
    expect(an.device.chat.connection.state).toBe('connected');
    expect(await devicesOf(an)).toEqual([an.device.tokens.deviceId]);
  });

  test('one signs out everywhere else', async ({ world }) => {
    const [an] = await world.people('An');
    const others = [await an.takesAnotherDevice('laptop'), await an.takesAnotherDevice('máy bảng')];

    expect(await an.api.call('endOtherDevices')).toEqual({ ended: 2 });
    await Promise.all(others.map((device) => device.becomes((state) => state === 'stopped')));
    expect(await an.api.call('getMe')).toMatchObject({ userId: an.userId, username: an.username });
    expect(await devicesOf(an)).toEqual([an.device.tokens.deviceId]);
  });
});

/** Where a person is signed in, by what one question says. */
async function devicesOf({ api }: Person): Promise<readonly string[]> {
  const { data } = await api.call('listDevices');
  return data.map(({ deviceId }) => deviceId);
}
