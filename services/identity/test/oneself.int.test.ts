import {
  changeProfile,
  changeSettings,
  getPerson,
  getSettings,
  newId,
  type Outcome,
  register,
  type UserId,
} from '@parley/contracts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type IdentityWorld, identityWorld, newPerson } from './identity-world.ts';

let world: IdentityWorld;
beforeAll(async () => {
  world = await identityWorld();
  await world.start();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('whoever asks about themselves', () => {
  test('is known before the read model knows them, and under the name of a moment ago', async () => {
    await whileNobodyIsWrittenDown(async () => {
      const an = newPerson('an');
      const { userId, username } = an;
      const asking = { actorId: userId };
      const registered = await world.ask(register, an);
      expect(await world.ask(getPerson, { userId })).toMatchObject({ rejection: 'person-not-found' });
      expect(await world.ask(getPerson, { userId }, asking)).toEqual({
        kind: 'ok',
        answer: { userId, username, displayName: 'an' },
      });

      const renamed = await world.ask(changeProfile, { userId, displayName: 'An Nguyễn' }, asking);
      for (const minPosition of [registered, renamed].map(positionOf)) {
        expect(await world.ask(getPerson, { userId }, { ...asking, minPosition })).toMatchObject({
          answer: { displayName: 'An Nguyễn' },
        });
      }
    });
  });

  test('does not make others known sooner: for Bình, An is not there yet', async () => {
    await whileNobodyIsWrittenDown(async () => {
      const [an, binh] = [newPerson('an'), newPerson('binh')];
      const minPosition = positionOf(await world.ask(register, an));
      const { userId } = an;
      expect(await world.ask(getPerson, { userId }, { actorId: binh.userId })).toMatchObject({
        rejection: 'person-not-found',
      });
      expect(await world.ask(getPerson, { userId }, { actorId: binh.userId, minPosition })).toEqual({
        kind: 'failed',
        fault: 'read-model-behind',
      });
    });
  });

  test('finds what they have chosen at once, and nobody else does', async () => {
    const an = newPerson('an');
    const { userId } = an;
    const asking = { actorId: userId };
    await world.ask(register, an);
    expect(await world.ask(getSettings, { userId }, asking)).toMatchObject({
      answer: { settings: { readReceipts: true } },
    });
    const changed = await world.ask(changeSettings, { userId, readReceipts: false }, asking);
    expect(changed).toMatchObject({ answer: { settings: { readReceipts: false } } });
    const found = await world.ask(getSettings, { userId }, asking);
    expect(found).toEqual({ kind: 'ok', answer: (changed as { readonly answer: unknown }).answer });
    const stranger = { actorId: newId<UserId>('usr') };
    expect(await world.ask(getSettings, { userId }, stranger)).toMatchObject({ kind: 'failed' });
  });

  test('without an account is not found', async () => {
    const userId = newId<UserId>('usr');
    expect(await world.ask(getPerson, { userId }, { actorId: userId })).toEqual({
      kind: 'refused',
      rejection: 'person-not-found',
    });
  });
});

/** The table of people can be read and not written: their read model stands still where it is. */
async function whileNobodyIsWrittenDown(story: () => Promise<void>): Promise<void> {
  await world.db.transaction().execute(async (transaction) => {
    await sql`lock table person in share mode`.execute(transaction);
    await story();
  });
}

function positionOf(outcome: Outcome): string {
  if (outcome.kind !== 'ok' || outcome.position === undefined) throw new Error(JSON.stringify(outcome));
  return outcome.position;
}
