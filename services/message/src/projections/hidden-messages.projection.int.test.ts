import type { HiddenEvent } from '@parley/contracts';
import {
  an,
  binh,
  chronicle,
  databaseTest,
  describeReplay,
  hanoi,
  placeOfText,
  runProjection,
} from '@parley/testing';
import { expect } from 'vitest';

import { listHidden } from '../queries/list-hidden.query.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { hiddenMessages } from './hidden-messages.projection.ts';

const test = databaseTest<MessageDb>(migrations);

const hidden = (number: number): HiddenEvent => ({
  type: 'message.hidden',
  data: placeOfText(hanoi, number, number),
});
const nameOf = (number: number) => {
  const { conversationId, messageId } = placeOfText(hanoi, number, number);
  return { conversationId, messageId };
};

/** An hides 3, then 2, then 3 again; Bình hides 2. */
const { events: history } = chronicle<HiddenEvent>()
  .record(an, an, hidden(3))
  .record(binh, binh, hidden(2))
  .record(an, an, hidden(2))
  .record(an, an, hidden(3));

test('tells what somebody has hidden since a position, a page at a time', async ({ db }) => {
  await runProjection(db, hiddenMessages, history);

  expect(await listHidden(db, { userId: an, after: 0, limit: 1 })).toEqual({
    hidden: [nameOf(3)],
    position: 1,
    hasMore: true,
  });
  expect(await listHidden(db, { userId: an, after: 1, limit: 1 })).toEqual({
    hidden: [nameOf(2)],
    position: 3,
    hasMore: false,
  });
  expect(await listHidden(db, { userId: an, after: 3 })).toEqual({ hidden: [], position: 3, hasMore: false });
});

test('tells a device that comes for the first time what was hidden last', async ({ db }) => {
  await runProjection(db, hiddenMessages, history);

  expect(await listHidden(db, { userId: an })).toEqual({
    hidden: [nameOf(2), nameOf(3)],
    position: 3,
    hasMore: false,
  });
});

describeReplay(hiddenMessages, { migrations, history });
