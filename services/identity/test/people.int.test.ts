import { changeProfile, getPerson, listPeople, newId, register, type UserId } from '@parley/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { answerOf, type IdentityWorld, identityWorld, newPerson, tokensOf } from './identity-world.ts';

let world: IdentityWorld;
beforeAll(async () => {
  world = await identityWorld();
  await world.start();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('people', () => {
  test('a changed name is seen by who reads after it', async () => {
    const dung = newPerson('dung');
    await world.ask(register, dung);
    const { userId } = dung;
    const outcome = await world.ask(changeProfile, { userId, displayName: 'Đặng Dũng' }, { actorId: userId });
    expect(outcome).toMatchObject({
      kind: 'ok',
      answer: { userId, username: dung.username, displayName: 'Đặng Dũng' },
    });
    const minPosition = outcome.kind === 'ok' ? outcome.position : undefined;
    expect(await world.ask(getPerson, { userId }, { minPosition })).toMatchObject({
      answer: { displayName: 'Đặng Dũng' },
    });
    const found = answerOf<{ data: { userId: string }[] }>(
      await world.ask(listPeople, { q: 'dang du', limit: 100 }, { minPosition }),
    );
    expect(found.data.map((person) => person.userId)).toContain(userId);
  });

  test('nobody changes another person', async () => {
    const dung = newPerson('dung');
    await world.ask(register, dung);
    const data = { userId: dung.userId, displayName: 'Not Dũng' };
    expect(await world.ask(changeProfile, data, { actorId: newId<UserId>('usr') })).toMatchObject({
      rejection: 'person-not-found',
    });
  });

  test('an unknown person is not found, a position nobody has reached is said to be ahead', async () => {
    const userId = newId<UserId>('usr');
    expect(await world.ask(getPerson, { userId })).toMatchObject({ rejection: 'person-not-found' });
    expect(await world.ask(getPerson, { userId }, { minPosition: 'user-999999' })).toEqual({
      kind: 'failed',
      fault: 'read-model-behind',
    });
  });

  test('a list is cut into pages that miss nobody', async () => {
    const same = newPerson('trang').username.slice(0, 12);
    const all = [];
    let minPosition: string | undefined;
    for (let index = 0; index < 5; index += 1) {
      const person = { ...newPerson('trang'), username: `${same}.${index}` };
      const outcome = await world.ask(register, person);
      all.push(tokensOf(outcome).userId);
      minPosition = outcome.kind === 'ok' ? outcome.position : undefined;
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const asked = { q: same, limit: 2, ...(cursor === undefined ? {} : { cursor }) };
      const page = answerOf<{ data: { userId: string }[]; page: { nextCursor: string | null } }>(
        await world.ask(listPeople, asked, { minPosition }),
      );
      seen.push(...page.data.map(({ userId }) => userId));
      cursor = page.page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(all);
  });

  test.each(['%', '_', '\\', `'`, ''])(
    'a text of signs finds who starts with it, and no fault: %j',
    async (q) => {
      expect(await world.ask(listPeople, { q })).toMatchObject({ kind: 'ok' });
      expect(await world.ask(listPeople, { q, cursor: 'no cursor' })).toEqual({
        kind: 'failed',
        fault: 'malformed',
      });
    },
  );
});
