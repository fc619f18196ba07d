import type { ConversationEvent, UserId } from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  describeReplay,
  hanoi,
  hue,
  runProjection,
  timeOf,
} from '@parley/testing';
import { expect } from 'vitest';

import { findRefusingPeople } from '../queries/find-refusing-people.query.ts';
import { listBlocks, parseBlockCursor } from '../queries/list-blocks.query.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { blocks } from './blocks.projection.ts';

const test = databaseTest<ConversationDb>(migrations);

const blocked = (conversationId: typeof hanoi, blockedId: UserId): ConversationEvent => ({
  type: 'conversation.person-blocked',
  data: { conversationId, blockedId },
});
const unblocked = (conversationId: typeof hanoi, blockedId: UserId): ConversationEvent => ({
  type: 'conversation.person-unblocked',
  data: { conversationId, blockedId },
});

// One place for each pair: An and Bình in Hà Nội, An and Chi in Huế.
const { events: history } = chronicle<ConversationEvent>()
  .record(hanoi, an, blocked(hanoi, binh))
  .record(hanoi, binh, blocked(hanoi, an))
  .record(hue, an, blocked(hue, chi))
  .record(hanoi, an, unblocked(hanoi, binh))
  .record(hanoi, an, blocked(hanoi, binh))
  .record(hanoi, binh, unblocked(hanoi, an));

test('lists whom a person has blocked, the last one first, page by page', async ({ db }) => {
  await runProjection(db, blocks, history);

  const first = await listBlocks(db, { userId: an, limit: 1 });
  expect(first.data).toEqual([{ userId: binh, username: binh, displayName: binh, blockedAt: timeOf(5) }]);
  const after = parseBlockCursor(first.nextCursor ?? '');
  const second = await listBlocks(db, { userId: an, limit: 1, after });
  expect(second.data.map(({ userId }) => userId)).toEqual([chi]);
  expect(second.nextCursor).toBeUndefined();
  expect(await listBlocks(db, { userId: binh, limit: 1 })).toEqual({ data: [], nextCursor: undefined });
});

test('knows who of several people has blocked somebody', async ({ db }) => {
  await runProjection(db, blocks, history.slice(0, 3));

  expect(await findRefusingPeople(db, [an, binh, chi], an)).toEqual([binh]);
  expect(await findRefusingPeople(db, [an, chi], binh)).toEqual([an]);
  expect(await findRefusingPeople(db, [], an)).toEqual([]);
});

describeReplay(blocks, { migrations, history });
