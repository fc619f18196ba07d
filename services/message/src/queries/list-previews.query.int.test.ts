import { type ConversationEvent, type HiddenEvent, type MessageEvent, wordsOf } from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  hanoi,
  hue,
  placeOfText,
  runProjection,
  sentText,
} from '@parley/testing';
import { expect } from 'vitest';

import { started } from '../../test/searching.ts';
import { hiddenMessages } from '../projections/hidden-messages.projection.ts';
import { timeline } from '../projections/timeline.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { listPreviews } from './list-previews.query.ts';

const test = databaseTest<MessageDb>(migrations);

test('before a hidden message comes the newest one that is shown to who asks and is there', async ({
  db,
}) => {
  const { events } = chronicle<ConversationEvent | MessageEvent>()
    .record(hanoi, an, started(hanoi, an, binh))
    .record(hue, an, started(hue, an, binh))
    .record(hanoi, an, sentText(hanoi, 1, 'một'))
    .record(hanoi, an, sentText(hanoi, 2, 'hai'))
    .record(hanoi, an, sentText(hanoi, 3, 'ba'))
    .record(hue, an, sentText(hue, 4, 'bốn'));
  const own = chronicle<HiddenEvent>()
    .record(binh, binh, { type: 'message.hidden', data: placeOfText(hanoi, 3, 4) })
    .record(binh, binh, { type: 'message.hidden', data: placeOfText(hanoi, 2, 3) })
    .record(binh, binh, { type: 'message.hidden', data: placeOfText(hue, 4, 2) });
  await runProjection(db, timeline, events);
  await runProjection(db, hiddenMessages, own.events);
  const before = [
    { conversationId: hanoi, seq: 4 },
    { conversationId: hue, seq: 2 },
  ];
  const wordsFor = async (userId: typeof an) => {
    const { previews } = await listPreviews(db, { userId, before });
    return previews.map(({ content }) => wordsOf(content));
  };

  expect(await wordsFor(binh)).toEqual(['một']);
  expect(await wordsFor(an)).toEqual(['hai']);
  expect(await wordsFor(chi)).toEqual([]);
});
