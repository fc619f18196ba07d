import type { ConversationEvent, FileId, MessageEvent } from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  describeReplay,
  hanoi,
  hue,
  placeOfText,
  runProjection,
  sentText,
} from '@parley/testing';
import { expect } from 'vitest';

import { timeline } from '../projections/timeline.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { listMessages } from './list-messages.query.ts';
import { seesFile } from './sees-file.query.ts';

const test = databaseTest<MessageDb>(migrations);

const fileId = 'fil_00000000000000000000000001' as FileId;
const picture = { fileId, name: 'ho-guom.jpg', sizeBytes: 1, mediaType: 'image/jpeg' };
const member = (userId: typeof an) => ({ userId, role: 'member' as const });

const original = sentText(hanoi, 1).data;
const withPicture: MessageEvent = {
  type: 'message.sent',
  data: { ...original, content: { type: 'image', attachments: [picture], text: 'Hồ Gươm' } },
};
const { messageId, conversationId } = original;
const answer: MessageEvent = {
  type: 'message.sent',
  data: {
    ...sentText(hanoi, 2).data,
    replyTo: { messageId, seq: 2, senderId: an, preview: { type: 'image', text: 'Hồ Gươm' } },
    mentions: [an, 'all'],
  },
};
const forwarded: MessageEvent = {
  type: 'message.sent',
  data: {
    ...sentText(hue, 3).data,
    content: { type: 'image', attachments: [picture] },
    forwardedFrom: { messageId, conversationId, senderId: an, sentAt: '2026-11-21T08:00:00.000Z' as never },
  },
};
const { events: history } = chronicle<ConversationEvent | MessageEvent>()
  .record(hanoi, an, {
    type: 'conversation.started',
    data: { conversationId: hanoi, kind: 'group', members: [member(an), member(binh)] },
  })
  .record(hanoi, an, withPicture)
  .record(hanoi, binh, answer)
  .record(hue, binh, {
    type: 'conversation.started',
    data: { conversationId: hue, kind: 'direct', members: [member(binh), member(chi)] },
  })
  .record(hue, binh, forwarded)
  .record(hanoi, an, { type: 'message.deleted', data: placeOfText(hanoi, 1, 2) });

test('whoever is in a conversation with a message of the file sees it, a forward included', async ({
  db,
}) => {
  await runProjection(db, timeline, history.slice(0, 4));
  expect(await seesFile(db, { userId: binh, fileId })).toBe(true);
  expect(await seesFile(db, { userId: chi, fileId })).toBe(false);

  await runProjection(db, timeline, history.slice(4, 5));
  expect(await seesFile(db, { userId: chi, fileId })).toBe(true);
});

test('a deleted message shows no file, and its words are gone from its quotes', async ({ db }) => {
  await runProjection(db, timeline, history);
  expect(await seesFile(db, { userId: an, fileId })).toBe(false);
  expect(await seesFile(db, { userId: chi, fileId })).toBe(true);

  const bound = { from: 'latest' } as const;
  const page = await listMessages(db, { userId: binh, conversationId: hanoi, bound, limit: 10 });
  expect(page?.data.at(-1)).toMatchObject({
    replyTo: { messageId, seq: 2, senderId: an, preview: null },
    forwardedFrom: null,
    mentions: [an, 'all'],
  });
  const elsewhere = await listMessages(db, { userId: chi, conversationId: hue, bound, limit: 10 });
  expect(elsewhere?.data.at(-1)).toMatchObject({ forwardedFrom: { messageId, conversationId: hanoi } });
});

describeReplay(timeline, { migrations, history });
