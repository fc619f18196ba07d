import type { ConversationEvent, FileId, HiddenEvent, MessageEvent } from '@parley/contracts';
import {
  an,
  binh,
  chronicle,
  databaseTest,
  hanoi,
  placeOfText,
  runProjection,
  sentText,
} from '@parley/testing';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { project, search, started } from '../../test/searching.ts';
import { hiddenMessages } from '../projections/hidden-messages.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { getMessage } from './get-message.query.ts';
import { getReceiptStats } from './get-receipt-stats.query.ts';
import { listHiddenOf } from './list-hidden.query.ts';
import { listReceipts } from './list-receipts.query.ts';
import { seesFile } from './sees-file.query.ts';

const test = databaseTest<MessageDb>(migrations);

const fileId = 'fil_00000000000000000000000001' as FileId;
const { data } = sentText(hanoi, 1);
const { messageId } = data;
const picture = { fileId, name: 'ho-guom.jpg', sizeBytes: 1, mediaType: 'image/jpeg' };
const withPicture: MessageEvent = {
  type: 'message.sent',
  data: { ...data, content: { type: 'image', attachments: [picture], text: 'Hồ Gươm' } },
};

/** Bình has deleted An's picture for himself, and An has not. */
async function tell(db: Kysely<MessageDb>): Promise<void> {
  const story = chronicle<ConversationEvent | MessageEvent>()
    .record(hanoi, an, started(hanoi, an, binh))
    .record(hanoi, an, withPicture);
  await project(db, story.events);
  const { conversationId, messageSeq } = placeOfText(hanoi, 1, 2);
  const hiding = chronicle<HiddenEvent>().record(binh, binh, {
    type: 'message.hidden',
    data: { conversationId, messageId, messageSeq },
  });
  await runProjection(db, hiddenMessages, hiding.events);
}

test('who has deleted a message for themselves is not told who has it', async ({ db }) => {
  await tell(db);
  const listed = { messageId, state: 'delivered', after: undefined, limit: 10 } as const;
  expect(await listReceipts(db, { ...listed, userId: an })).toBeDefined();
  expect(await listReceipts(db, { ...listed, userId: binh })).toBeUndefined();
  expect(await getReceiptStats(db, { messageId, userId: binh })).toBeUndefined();
});

test('nor do they see its file', async ({ db }) => {
  await tell(db);
  expect(await seesFile(db, { userId: an, fileId })).toBe(true);
  expect(await seesFile(db, { userId: binh, fileId })).toBe(false);
});

test('nor do they find it, and nothing counts it', async ({ db }) => {
  await tell(db);
  expect((await search(db, 'Hồ', { userId: an })).facets?.matchCount).toBe(1);
  const found = await search(db, 'Hồ', { userId: binh });
  expect(found.data).toEqual([]);
  expect(found.facets).toEqual({ isExact: true, matchCount: 0, types: [], senders: [], conversations: [] });
});

test('of many people it is told at once who has hidden what', async ({ db }) => {
  await tell(db);
  expect(await listHiddenOf(db, [an, binh])).toEqual([{ userId: binh, messageIds: [messageId] }]);
});

test('nor does an answer quote it to them', async ({ db }) => {
  await tell(db);
  const preview = { type: 'image', text: 'Hồ Gươm' } as const;
  const answer = sentText(hanoi, 2);
  const answered: MessageEvent = {
    ...answer,
    data: { ...answer.data, replyTo: { messageId, seq: 2, senderId: an, preview } },
  };
  const story = chronicle<ConversationEvent | MessageEvent>()
    .record(hanoi, an, started(hanoi, an, binh))
    .record(hanoi, an, withPicture)
    .record(hanoi, an, answered);
  await project(db, story.events.slice(2));

  const quotedTo = async (userId: typeof an) =>
    (await getMessage(db, { userId, messageId: answer.data.messageId }))?.replyTo;
  expect(await quotedTo(an)).toMatchObject({ messageId, preview });
  expect(await quotedTo(binh)).toMatchObject({ messageId, preview: null });
});
