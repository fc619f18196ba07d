import type { IdentityEvent, UserId } from '@parley/contracts';
import { an, binh, chronicle, databaseTest, describeReplay, runProjection } from '@parley/testing';
import { expect } from 'vitest';

import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { people } from './people.projection.ts';

const test = databaseTest<ConversationDb>(migrations);

const registered = (userId: UserId, username: string, displayName: string): IdentityEvent => ({
  type: 'identity.account-registered',
  data: { userId, username, displayName },
});
const renamed = (userId: UserId, displayName: string): IdentityEvent => ({
  type: 'identity.profile-changed',
  data: { userId, displayName },
});

const { events: history } = chronicle<IdentityEvent>()
  .record(an, an, registered(an, 'an', 'Ân'))
  .record(binh, binh, registered(binh, 'binh', 'Bình'))
  .record(an, an, renamed(an, 'An An'))
  .record(an, an, renamed(an, 'An'));

test('shows everybody under their latest name', async ({ db }) => {
  await runProjection(db, people, history);

  const rows = await db
    .selectFrom('person')
    .select(['user_id', 'username', 'display_name'])
    .orderBy('user_id')
    .execute();
  expect(rows).toEqual([
    { user_id: an, username: 'an', display_name: 'An' },
    { user_id: binh, username: 'binh', display_name: 'Bình' },
  ]);
});

describeReplay(people, { migrations, history });
