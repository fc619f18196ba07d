import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { endSession, getPerson, refresh, register, signIn } from '@parley/contracts';
import type { RunningService } from '@parley/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type IdentityWorld, identityWorld, newPerson, password, tokensOf } from './identity-world.ts';

const TRIES_PER_ACCOUNT_MAX = 10;
const DEVICE = { name: 'laptop', platform: 'desktop' } as const;

let world: IdentityWorld;
let service: RunningService;
beforeAll(async () => {
  world = await identityWorld();
  service = await world.start();
});
afterAll(() => world[Symbol.asyncDispose]());

test('with Redis away people sign in, and tries are still counted', async () => {
  const an = newPerson('an');
  await world.ask(register, an);
  await world.infra.redis.kill();
  try {
    const device = DEVICE;
    tokensOf(await world.ask(signIn, { username: an.username, password, device, address: 'home' }));
    const guess = { username: an.username, password: 'guess', device, address: 'a thief' };
    const tries = await Promise.all(
      Array.from({ length: TRIES_PER_ACCOUNT_MAX + 1 }, () => world.ask(signIn, guess)),
    );
    const rejections = tries.map((outcome) =>
      outcome.kind === 'refused' ? outcome.rejection : outcome.kind,
    );
    expect(rejections.filter((rejection) => rejection === 'wrong-credentials')).toHaveLength(
      TRIES_PER_ACCOUNT_MAX,
    );
    expect(rejections.filter((rejection) => rejection === 'too-many-tries')).toHaveLength(1);
  } finally {
    await world.infra.redis.start();
  }
});

test('with Postgres away signing in says so, a sign-out is done, and all goes on when it is back', async () => {
  const an = newPerson('an');
  const tokens = tokensOf(await world.ask(register, an));
  const { userId, sessionId } = tokens;
  // Stopped, not killed: in a test's Postgres the last commits are not on the disk yet.
  await world.infra.postgres.stop();
  const credentials = { username: an.username, password, device: DEVICE, address: 'home' };
  const unavailable = { kind: 'failed', fault: 'unavailable' };
  try {
    expect(await world.ask(signIn, credentials)).toEqual(unavailable);
    expect(await world.ask(register, newPerson('an'))).toEqual(unavailable);
    expect(await world.ask(refresh, { refreshToken: tokens.refreshToken })).toEqual(unavailable);
    expect(await world.ask(getPerson, { userId })).toEqual(unavailable);
    expect(await world.ask(endSession, { userId, sessionId }, { actorId: userId })).toMatchObject({
      kind: 'ok',
    });
  } finally {
    await world.infra.postgres.start();
  }
  await expect
    .poll(() => world.ask(refresh, { refreshToken: tokens.refreshToken }))
    .toEqual({ kind: 'refused', rejection: 'refresh-token-invalid' });
  tokensOf(await world.ask(signIn, credentials));
});

test('it is ready while NATS answers, not while NATS is frozen or gone, and again when it is back', async () => {
  const { nats } = world.infra;
  const { pid } = nats;
  if (pid === undefined) throw new Error('the broker has no process of its own');

  await expect.poll(isReady).toBe(true);
  process.kill(pid, 'SIGSTOP');
  // The signal takes its time to stop every thread; from then on no answer comes.
  await expect
    .poll(isReady)
    .toBe(false)
    .finally(() => process.kill(pid, 'SIGCONT'));
  await expect.poll(isReady).toBe(true);
  await nats.kill();
  await expect.poll(isReady).toBe(false);
  await nats.start();
  await expect.poll(isReady).toBe(true);
});

test('a closed house takes nobody new in', async () => {
  await using closed = await identityWorld();
  await closed.start({ REGISTRATION: 'closed' });
  expect(await closed.ask(register, newPerson('an'))).toEqual({
    kind: 'refused',
    rejection: 'registration-closed',
  });
});

test.each([
  ['no file', undefined, 'cannot be read'],
  ['no JSON', 'secret words', 'is no private Ed25519 JWK with a kid'],
  [
    'a public key',
    '{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AAAA"}',
    'is no private Ed25519 JWK with a kid',
  ],
])(
  'it refuses to start on a signing key that is %s, in one sentence without the key',
  async (_what, text, why) => {
    const file = join(world.infra.dataDir, 'bad-key.json');
    if (text !== undefined) await writeFile(file, text);
    const starting = world.start({ SIGNING_KEY_FILE: text === undefined ? '/nowhere/key.json' : file });
    const refusal = await starting.then(String, (error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'StartRefusedError', message: expect.stringContaining(why) });
    expect(String(refusal)).not.toContain('secret words');
  },
);

async function isReady(): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${service.port}/readyz`)).ok;
}
