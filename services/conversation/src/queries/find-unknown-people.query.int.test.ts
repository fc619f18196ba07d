import type { IdentityEvent, UserId } from '@parley/contracts';
import { InMemoryEventStore } from '@parley/event-sourcing';
import { connectPostgres } from '@parley/postgres';
import { an, binh, chi, chronicle, databaseTest, runProjection } from '@parley/testing';
import { expect } from 'vitest';

import { people } from '../projections/people.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { findUnknownPeople } from './find-unknown-people.query.ts';

const test = databaseTest<ConversationDb>(migrations);

const registered = (userId: UserId): IdentityEvent => ({
  type: 'identity.account-registered',
  data: { userId, username: 'somebody', displayName: 'Somebody' },
});
const { events: history } = chronicle<IdentityEvent>().record(an, an, registered(an));

test('a person whom the read model knows is not asked for in the log', async ({ db }) => {
  await runProjection(db, people, history);
  expect(await findUnknownPeople(db, new InMemoryEventStore(), [an])).toEqual([]);
});

test('who registered a moment ago is known by their log, and nobody else is', async ({ db }) => {
  const log = new InMemoryEventStore<IdentityEvent>();
  const { events } = chronicle<IdentityEvent>().record(binh, binh, registered(binh));
  await log.append(binh, events, 0);

  expect(await findUnknownPeople(db, log, [binh, chi])).toEqual([chi]);
});

test('without Postgres the logs alone say who exists', async () => {
  const away = connectPostgres<ConversationDb>({ url: 'postgres://nobody@127.0.0.1:1/none', name: 'away' });
  const log = new InMemoryEventStore<IdentityEvent>();
  const { events } = chronicle<IdentityEvent>().record(binh, binh, registered(binh));
  await log.append(binh, events, 0);

  expect(await findUnknownPeople(away, log, [binh, chi])).toEqual([chi]);
});
