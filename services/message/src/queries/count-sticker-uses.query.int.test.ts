import { type ConversationEvent, type MessageEvent, stickerPacks } from '@parley/contracts';
import { an, chronicle, databaseTest, hanoi, placeOfText, runProjection, sentText } from '@parley/testing';
import { expect } from 'vitest';

import { timeline } from '../projections/timeline.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { countStickerUses } from './count-sticker-uses.query.ts';

const test = databaseTest<MessageDb>(migrations);

const stickerIds = stickerPacks.flatMap(({ stickers }) => stickers.map(({ stickerId }) => stickerId));
const [hello, laugh] = stickerIds;

function sticker(number: number, stickerId = hello): MessageEvent {
  if (stickerId === undefined) throw new Error('there are stickers');
  const { data } = sentText(hanoi, number);
  return { type: 'message.sent', data: { ...data, content: { type: 'sticker', stickerId } } };
}

test('a sticker is counted for each time that it was sent and not deleted', async ({ db }) => {
  const { events } = chronicle<ConversationEvent | MessageEvent>()
    .record(hanoi, an, {
      type: 'conversation.started',
      data: { conversationId: hanoi, kind: 'group', members: [{ userId: an, role: 'owner' }] },
    })
    .record(hanoi, an, sticker(1))
    .record(hanoi, an, sticker(2))
    .record(hanoi, an, sentText(hanoi, 3))
    .record(hanoi, an, sticker(4))
    .record(hanoi, an, sticker(5, laugh))
    .record(hanoi, an, { type: 'message.deleted', data: placeOfText(hanoi, 2, 3) })
    .record(hanoi, an, { type: 'message.deleted', data: placeOfText(hanoi, 5, 6) });

  expect(await countStickerUses(db, { stickerIds })).toEqual({ uses: [] });
  await runProjection(db, timeline, events);
  expect(await countStickerUses(db, { stickerIds })).toEqual({ uses: [{ stickerId: hello, count: 2 }] });
});
