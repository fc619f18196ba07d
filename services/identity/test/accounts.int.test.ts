import { getKeys, getPerson, newId, register, signIn, type UserId } from '@parley/contracts';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CredentialStore } from '../src/storage/credential-store.ts';
import { PasswordHashes } from '../src/storage/password-hash.ts';
import {
  answerOf,
  type IdentityWorld,
  identityWorld,
  kid,
  newPerson,
  password,
  tenant,
  tokensOf,
  untilNotBusy,
} from './identity-world.ts';

const TRIES_PER_ACCOUNT_MAX = 10;
const TRIES_PER_ADDRESS_MAX = 100;
const DEVICE = { name: 'laptop', platform: 'desktop' } as const;

let world: IdentityWorld;
beforeAll(async () => {
  world = await identityWorld();
  await world.start();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('register', () => {
  test('An opens an account and is signed in', async () => {
    const an = newPerson('an');
    const outcome = await world.ask(register, an);
    const tokens = tokensOf(outcome);
    expect(tokens).toMatchObject({ userId: an.userId });
    expect((await world.events(an.userId)).map(({ type, seq }) => [type, seq])).toEqual([
      ['identity.account-registered', 1],
      ['identity.session-started', 2],
    ]);
    const minPosition = outcome.kind === 'ok' ? outcome.position : undefined;
    expect(await world.ask(getPerson, { userId: an.userId }, { minPosition })).toMatchObject({
      kind: 'ok',
      answer: { userId: an.userId, username: an.username, displayName: 'an' },
    });
  });

  test('the access token says who, where and for how long, and the published key verifies it', async () => {
    const an = newPerson('an');
    const tokens = tokensOf(await world.ask(register, an));
    const keys = answerOf<JSONWebKeySet>(await world.ask(getKeys, {}));
    expect(keys.keys.map((key) => Object.keys(key).toSorted())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
    ]);
    const { payload, protectedHeader } = await jwtVerify(tokens.accessToken, createLocalJWKSet(keys), {
      algorithms: ['EdDSA'],
      issuer: 'parley',
      audience: 'parley',
      typ: 'at+jwt',
    });
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid });
    expect(payload).toMatchObject({
      sub: an.userId,
      sid: tokens.sessionId,
      did: tokens.deviceId,
      tenant: 'main',
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(600);
    expect(tokens.accessTokenExpiresAt).toBe(new Date(Number(payload.exp) * 1_000).toISOString());
  });

  test('of fifty who want one name at once, one gets it', async () => {
    const { username } = newPerson('tranh');
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        untilNotBusy(() =>
          world.ask(register, { ...newPerson('tranh'), username, password: `${password} ${index}` }),
        ),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === 'ok')).toHaveLength(1);
    const others = outcomes.filter(({ kind }) => kind !== 'ok');
    expect(new Set(others.map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([JSON.stringify({ kind: 'refused', rejection: 'username-taken' })]),
    );
  });

  test('a registration that was cut off after its row is finished by registering again', async () => {
    const cutOff = await registrationCutOff();
    const stranger = { ...cutOff, userId: newId<UserId>('usr'), password: 'not the password' };
    expect(await world.ask(register, stranger)).toMatchObject({ rejection: 'username-taken' });

    const again = { ...cutOff, userId: newId<UserId>('usr') };
    expect(tokensOf(await world.ask(register, again)).userId).toBe(cutOff.userId);
    expect((await world.events(cutOff.userId))[0]).toMatchObject({
      type: 'identity.account-registered',
      data: { userId: cutOff.userId, username: cutOff.username, displayName: cutOff.displayName },
    });
    expect(await world.ask(register, again)).toMatchObject({ rejection: 'username-taken' });
  });

  test('… or by signing in', async () => {
    const cutOff = await registrationCutOff();
    expect(tokensOf(await world.ask(signIn, credentialsOf(cutOff))).userId).toBe(cutOff.userId);
    expect(await world.events(cutOff.userId)).toHaveLength(2);
  });

  test('one address opens only so many accounts', async () => {
    const crowd = Array.from({ length: TRIES_PER_ADDRESS_MAX + 1 }, () => {
      const taken = { ...newPerson('dong'), username: 'dong.dao', address: 'one house' };
      return world.ask(register, taken);
    });
    const refusals = (await Promise.all(crowd)).filter(
      (outcome) => outcome.kind === 'refused' && outcome.rejection === 'too-many-tries',
    );
    expect(refusals).toHaveLength(1);
  });
});

describe('sign in', () => {
  test('each sign-in is a device of its own', async () => {
    const binh = newPerson('binh');
    const first = tokensOf(await world.ask(register, binh));
    const second = tokensOf(await world.ask(signIn, credentialsOf(binh)));
    expect(second.userId).toBe(first.userId);
    expect(second.deviceId).not.toBe(first.deviceId);
    expect(second.sessionId).not.toBe(first.sessionId);
  });

  test('capital letters in the name do not matter', async () => {
    const binh = newPerson('binh');
    await world.ask(register, binh);
    const typed = { ...credentialsOf(binh), username: ` ${binh.username.toUpperCase()} ` };
    expect(tokensOf(await world.ask(signIn, typed)).userId).toBe(binh.userId);
  });

  test('a wrong password and an unknown name get the same answer after the same work', async () => {
    const binh = newPerson('binh');
    await world.ask(register, binh);
    const work: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    const answers = new Set<string>();
    for (let round = 0; round < 15; round += 1) {
      for (const who of ['known', 'unknown'] as const) {
        const username = who === 'known' ? binh.username : `nobody${round}`;
        const before = process.cpuUsage();
        const outcome = await world.ask(signIn, {
          username,
          password: 'wrong',
          device: DEVICE,
          address: `${who} ${round}`,
        });
        work[who].push(process.cpuUsage(before).user);
        answers.add(JSON.stringify(outcome));
      }
    }
    expect([...answers]).toEqual([JSON.stringify({ kind: 'refused', rejection: 'wrong-credentials' })]);
    const ratio = median(work.known) / median(work.unknown);
    // In processor time, which other work on the machine does not stretch; a missing hash would be a factor of ten.
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.7);
  });

  test.each(['', ' ', 'a\0b', `x'; drop table credential; --`, 'ｅ', 'a'.repeat(64)])(
    'a name that can be nobody’s is as wrong as any: %j',
    async (username) => {
      const outcome = await world.ask(signIn, {
        username,
        password,
        device: DEVICE,
        address: `odd ${username.length}`,
      });
      expect(outcome).toMatchObject({ kind: 'refused', rejection: 'wrong-credentials' });
    },
  );

  test('ten tries of one account from one address, and the person still gets in from another', async () => {
    const chi = newPerson('chi');
    await world.ask(register, chi);
    const guess = { ...credentialsOf(chi), password: 'guess', address: 'a thief' };
    const tries = await Promise.all(
      Array.from({ length: TRIES_PER_ACCOUNT_MAX + 2 }, () => world.ask(signIn, guess)),
    );
    const refusals = tries.filter(
      (outcome) => outcome.kind === 'refused' && outcome.rejection === 'too-many-tries',
    );
    expect(refusals).toHaveLength(2);
    expect(refusals[0]).toMatchObject({ details: { retryAfterMs: expect.any(Number) } });
    expect(await world.ask(signIn, { ...guess, password })).toMatchObject({ rejection: 'too-many-tries' });
    tokensOf(await world.ask(signIn, { ...guess, password, address: 'home' }));
  });

  test('getting in clears the tries', async () => {
    const chi = newPerson('chi');
    await world.ask(register, chi);
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < TRIES_PER_ACCOUNT_MAX - 1; index += 1) {
        const outcome = await world.ask(signIn, { ...credentialsOf(chi), password: 'mistyped' });
        expect(outcome).toMatchObject({ rejection: 'wrong-credentials' });
      }
      tokensOf(await world.ask(signIn, credentialsOf(chi)));
    }
  });

  test('a hundred tries from one address, whoever they are for', async () => {
    const outcomes = [];
    for (let batch = 0; batch < 5; batch += 1) {
      const tries = Array.from({ length: 21 }, (_, index) =>
        world.ask(signIn, {
          username: `list${batch}x${index}`,
          password: 'guess',
          device: DEVICE,
          address: 'a botnet node',
        }),
      );
      outcomes.push(...(await Promise.all(tries)));
    }
    const counted = outcomes.filter(
      (outcome) => outcome.kind === 'refused' && outcome.rejection === 'too-many-tries',
    );
    expect(counted).toHaveLength(5);
  });
});

/** What a process leaves that dies after taking the name and before opening the account. */
async function registrationCutOff() {
  const person = newPerson('dodang');
  const passwordHash = await (await PasswordHashes.create()).hash(person.password, 1);
  const { userId, username, displayName } = person;
  expect(
    await new CredentialStore(world.db, tenant).reserve({ userId, username, displayName, passwordHash }),
  ).toBe(true);
  return person;
}

function credentialsOf(person: ReturnType<typeof newPerson>) {
  return { username: person.username, password: person.password, device: DEVICE, address: person.address };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
