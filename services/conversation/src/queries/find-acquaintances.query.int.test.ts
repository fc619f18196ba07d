import type { ConversationEvent, UserId } from '@parley/contracts';
import { an, binh, chi, chronicle, databaseTest, hanoi, hue, runProjection } from '@parley/testing';
import { expect } from 'vitest';

import { blocks } from '../projections/blocks.projection.ts';
import { memberList } from '../projections/member-list.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { findAcquaintances } from './find-acquaintances.query.ts';

const test = databaseTest<ConversationDb>(migrations);

const started = (conversationId: typeof hanoi, ...people: readonly UserId[]): ConversationEvent => ({
  type: 'conversation.started',
  data: {
    conversationId,
    kind: 'group',
    name: 'Phố',
    members: people.map((userId) => ({ userId, role: 'member' })),
  },
});
const everybody = [an, binh, chi];

test('shares a conversation, now and not once', async ({ db }) => {
  const { events } = chronicle<ConversationEvent>()
    .record(hanoi, an, started(hanoi, an, binh, chi))
    .record(hue, an, started(hue, an, binh))
    .record(hanoi, chi, { type: 'conversation.member-left', data: { conversationId: hanoi, userId: chi } });
  await runProjection(db, memberList, events.slice(0, 2));
  expect(await findAcquaintances(db, { userId: an, userIds: everybody })).toEqual([binh, chi].toSorted());
  expect(await findAcquaintances(db, { userId: an, userIds: [chi] })).toEqual([chi]);
  expect(await findAcquaintances(db, { userId: an, userIds: [] })).toEqual([]);

  await runProjection(db, memberList, events.slice(2));
  expect(await findAcquaintances(db, { userId: an, userIds: everybody })).toEqual([binh]);
  expect(await findAcquaintances(db, { userId: chi, userIds: everybody })).toEqual([]);
});

test('ends for both with a block by either', async ({ db }) => {
  await runProjection(
    db,
    memberList,
    chronicle<ConversationEvent>().record(hanoi, an, started(hanoi, an, binh, chi)).events,
  );
  const block: ConversationEvent = {
    type: 'conversation.person-blocked',
    data: { conversationId: hue, blockedId: binh },
  };
  await runProjection(db, blocks, chronicle<ConversationEvent>().record(hue, an, block).events);

  expect(await findAcquaintances(db, { userId: an, userIds: everybody })).toEqual([chi]);
  expect(await findAcquaintances(db, { userId: binh, userIds: everybody })).toEqual([chi]);
  expect(await findAcquaintances(db, { userId: chi, userIds: everybody })).toEqual([an, binh].toSorted());
});
