import type { SessionId, UserId } from '@parley/contracts';
import { createLog } from '@parley/service-kit';
import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';

import { edgeOk } from './edge-error.ts';
import { createHttpServer, type HttpServerParts } from './http-server.ts';
import { RequestLimits } from './request-limits.ts';

const chatPage = 'https://chat.example';

let app: FastifyInstance;
afterEach(() => app.close());

/** A gateway's REST edge, where whoever has a token is the person that it names. */
function openServer({ requestsPerPerson = 3, requestsPerAddress = 5 } = {}): void {
  app = createHttpServer({
    authenticator: {
      authenticate: async (token: string | undefined) =>
        token === undefined
          ? 'UNAUTHENTICATED'
          : { userId: token as UserId, sessionId: 'ses_an' as SessionId, deviceId: 'dev_an', expiresAtMs: 0 },
    },
    handlers: { getMe: async () => edgeOk({}), getKeys: async () => edgeOk({ keys: [] }) },
    health: () => ({ healthy: true, components: {} }),
    isDraining: () => false,
    log: createLog({ service: 'gateway', instance: 'gateway-test', level: 'silent' }),
    trustProxy: false,
    origins: [chatPage],
    limits: new RequestLimits({ requestsPerPerson, requestsPerAddress }),
    webAppDirectory: '',
  } as unknown as HttpServerParts);
}

function ask(person: string, from = '127.0.0.1') {
  const headers = { authorization: `Bearer ${person}` };
  return app.inject({ method: 'GET', url: '/auth/me', headers, remoteAddress: from });
}

test('every answer says what is left, of the person and of where they are', async () => {
  openServer();
  const { headers } = await ask('an');
  expect(headers['ratelimit-policy']).toBe('"person";q=3;w=10, "address";q=5;w=10');
  expect(headers['ratelimit']).toBe('"person";r=2;t=10, "address";r=4;t=10');
  // Nobody is known here, so nobody is counted but the address.
  const keys = await app.inject({ url: '/.well-known/jwks.json' });
  expect(keys.headers['ratelimit']).toBe('"address";r=3;t=10');
});

test('a person who asks too often waits, wherever they are, and nobody else does', async () => {
  openServer();
  const places = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
  for (const place of places) expect((await ask('an', place)).statusCode).toBe(200);

  const refused = await ask('an', '10.0.0.4');
  expect(refused.statusCode).toBe(429);
  expect(refused.headers['content-type']).toMatch('application/problem+json');
  expect(refused.headers['ratelimit']).toMatch('"person";r=0');
  const { code, definite, retryAfterMs } = refused.json();
  expect({ code, definite }).toEqual({ code: 'RATE_LIMITED', definite: true });
  expect(Number(refused.headers['retry-after'])).toBe(Math.ceil(retryAfterMs / 1_000));
  expect((await ask('bình', '10.0.0.4')).statusCode).toBe(200);
});

test('an address that asks too often waits, whatever is in the body and whoever asks', async () => {
  openServer();
  for (let count = 0; count < 5; count += 1) await ask(`bạn ${count}`);

  const refused = await app.inject({ method: 'POST', url: '/v1/auth/login', payload: 'x'.repeat(1_000_000) });
  expect(refused.statusCode).toBe(429);
  expect((await ask('an', '10.0.0.1')).statusCode).toBe(200);
  // Whoever looks after the gateway may always ask whether it is well.
  expect((await app.inject({ url: '/readyz' })).statusCode).toBe(200);
});

test('a page of a listed origin may ask and read the answer', async () => {
  openServer();
  const preflight = await app.inject({
    method: 'OPTIONS',
    url: '/conversations/messages/search',
    headers: {
      origin: chatPage,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    },
  });
  expect(preflight.statusCode).toBe(204);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': chatPage,
    'access-control-allow-methods': expect.stringContaining('DELETE'),
    'access-control-allow-headers': expect.stringContaining('Authorization'),
    vary: 'Origin',
  });
  expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();

  const answer = await app.inject({ url: '/auth/me', headers: { origin: chatPage } });
  expect(answer.headers['access-control-allow-origin']).toBe(chatPage);
  expect(answer.headers['access-control-expose-headers']).toMatch('X-Position');
});

test.each([
  'null',
  'https://chat.example.evil.example',
  'https://evil-chat.example',
  'https://chat.example:8443',
  'http://chat.example',
  'https://CHAT.example',
  'https://сhat.example',
])('to a page of %s nothing is said', async (origin) => {
  openServer();
  const headers = { origin, 'access-control-request-method': 'GET' };
  for (const method of ['OPTIONS', 'GET'] as const) {
    const answer = await app.inject({ method, url: '/auth/me', headers });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['vary']).toBe('Origin');
  }
});
