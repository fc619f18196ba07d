import type {
  ConversationEvent,
  FileId,
  MessageEvent,
  PositionEvent,
  SettingsChange,
  TextEntity,
  UserId,
} from '@parley/contracts';
import {
  an,
  binh,
  chi,
  chronicle,
  databaseTest,
  hanoi,
  placeOfText,
  runProjection,
  sentText,
  timeOf,
} from '@parley/testing';
import type { Kysely } from 'kysely';
import { describe, expect } from 'vitest';

import { project, search, textsOf } from '../../test/searching.ts';
import { receipts } from '../projections/receipts.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { findMessage } from './find-message.query.ts';
import { getMessageStats } from './get-message-stats.query.ts';
import { getMessage } from './get-message.query.ts';
import { getReceiptStats } from './get-receipt-stats.query.ts';
import { listChanges } from './list-changes.query.ts';
import { listMessageVersions } from './list-message-versions.query.ts';
import { type HistoryBound, listMessages } from './list-messages.query.ts';
import { listPins } from './list-pins.query.ts';
import { listReactions } from './list-reactions.query.ts';
import { listReadPositions } from './list-read-positions.query.ts';
import { listReplies } from './list-replies.query.ts';
import { seesFile } from './sees-file.query.ts';

const test = databaseTest<MessageDb>(migrations);

const fileId = 'fil_00000000000000000000000001' as FileId;
const laterFileId = 'fil_00000000000000000000000002' as FileId;
const left: ConversationEvent = {
  type: 'conversation.member-left',
  data: { conversationId: hanoi, userId: chi },
};
const removed: ConversationEvent = {
  type: 'conversation.member-removed',
  data: { conversationId: hanoi, userId: chi, removedBy: an },
};
const back: ConversationEvent = {
  type: 'conversation.members-added',
  data: { conversationId: hanoi, members: [{ userId: chi, role: 'member' }], addedBy: an },
};
const settings = (changed: SettingsChange): ConversationEvent => ({
  type: 'conversation.settings-changed',
  data: { conversationId: hanoi, settings: changed },
});
const callsAn: TextEntity = { type: 'mention', offset: 0, length: 1, userId: an };
const edited = (number: number, messageSeq: number, text: string): MessageEvent => ({
  type: 'message.edited',
  data: {
    ...placeOfText(hanoi, number, messageSeq),
    content: { type: 'text', text, ...(text === 'bí mật' && { entities: [callsAn] }) },
  },
});
const picture = (number: number, id: FileId): MessageEvent => ({
  type: 'message.sent',
  data: {
    ...sentText(hanoi, number).data,
    content: {
      type: 'image',
      attachments: [{ fileId: id, name: 'ho-guom.jpg', sizeBytes: 1, mediaType: 'image/jpeg' }],
    },
  },
});
const answer = (number: number): MessageEvent => {
  const { messageId } = sentText(hanoi, 2).data;
  const preview = { type: 'text', text: 'hai' } as const;
  return {
    type: 'message.sent',
    data: { ...sentText(hanoi, number).data, replyTo: { messageId, seq: 2, senderId: an, preview } },
  };
};
const reacted = (emoji: string): MessageEvent => ({
  type: 'message.reaction-added',
  data: { ...placeOfText(hanoi, 2, 2), emoji, count: 1 },
});
const pinned = (number: number, seq: number): MessageEvent => ({
  type: 'message.pinned',
  data: placeOfText(hanoi, number, seq),
});

/** What there is when Chi goes, at 10. */
const before: readonly (ConversationEvent | MessageEvent)[] = [
  {
    type: 'conversation.started',
    data: {
      conversationId: hanoi,
      kind: 'group',
      members: [an, binh, chi].map((userId) => ({ userId, role: 'member' })),
    },
  },
  sentText(hanoi, 2, 'hai'),
  sentText(hanoi, 3, 'ba'),
  picture(4, fileId),
  answer(5),
  edited(2, 2, 'hai lần'),
  reacted('👍'),
  pinned(2, 2),
  sentText(hanoi, 9, 'chín'),
];
/** What came after that: nothing of it is Chi's. */
const after: readonly MessageEvent[] = [
  edited(2, 2, 'bí mật'),
  edited(3, 3, 'bí mật nữa'),
  reacted('😂'),
  pinned(3, 3),
  answer(15),
  picture(16, laterFileId),
  { type: 'message.deleted', data: placeOfText(hanoi, 9, 9) },
];

const read = (userId: UserId, upToSeq: number, second: number): PositionEvent => ({
  type: 'message.positions-advanced',
  data: { conversationId: hanoi, positions: [{ userId, upToSeq, readAt: timeOf(second) }] },
});

async function tell(
  db: Kysely<MessageDb>,
  going: readonly (ConversationEvent | MessageEvent)[],
): Promise<void> {
  const story = chronicle<ConversationEvent | MessageEvent>();
  for (const fact of [...before, ...going]) story.record(hanoi, an, fact);
  await project(db, story.events);
  const places = chronicle<PositionEvent>().record(hanoi, binh, read(binh, 2, 3));
  places.record(hanoi, binh, read(binh, 9, 12));
  await runProjection(db, receipts, places.events);
}

const byChi = { userId: chi, conversationId: hanoi };
const aboutTwo = { userId: chi, messageId: sentText(hanoi, 2).data.messageId };

async function seqsOf(db: Kysely<MessageDb>, bound: HistoryBound = { from: 'latest' }, userId = chi) {
  const page = await listMessages(db, { userId, conversationId: hanoi, bound, limit: 50 });
  return page?.data.map(({ seq }) => seq);
}

describe('who has left by themselves', () => {
  test('reads up to there, from whichever side they come', async ({ db }) => {
    await tell(db, [left, ...after]);
    expect(await seqsOf(db)).toEqual([1, 2, 3, 4, 5, 8, 9, 10]);
    expect(await seqsOf(db, { from: 'after', seq: 8 })).toEqual([9, 10]);
    expect(await seqsOf(db, { from: 'around', seq: 99 })).toEqual([1, 2, 3, 4, 5, 8, 9, 10]);
    const page = await listMessages(db, { ...byChi, bound: { from: 'after', seq: 9 }, limit: 1 });
    expect(page).toMatchObject({ data: [{ seq: 10 }], nextCursor: undefined, hasMore: false });
    const { messageId } = sentText(hanoi, 15).data;
    expect(await getMessage(db, { userId: chi, messageId })).toBeUndefined();
    expect(await getMessage(db, { userId: an, messageId })).toMatchObject({ seq: 15 });
  });

  test('sees each message as it was then, and nothing at all of what was deleted since', async ({ db }) => {
    await tell(db, [left, ...after]);
    const page = await listMessages(db, { ...byChi, bound: { from: 'latest' }, limit: 50 });
    expect(JSON.stringify(page)).not.toMatch(/bí mật|😂|chín/);
    expect(page?.data.find(({ seq }) => seq === 2)).toMatchObject({
      content: { text: 'hai lần' },
      mentions: [],
      isEdited: true,
      editedAt: timeOf(6),
      changedSeq: 10,
      reactions: [{ emoji: '👍', count: 1 }],
      isPinned: true,
    });
    const three = page?.data.find(({ seq }) => seq === 3);
    expect(three).toMatchObject({
      content: { text: 'ba' },
      isEdited: false,
      editedAt: null,
      isPinned: false,
    });
    expect(page?.data.find(({ seq }) => seq === 9)).toMatchObject({ content: null, deletedBy: an });
  });

  test('hears of versions, reactions, pins, threads, files and counts up to there', async ({ db }) => {
    await tell(db, [left, ...after]);
    const versions = await listMessageVersions(db, { ...aboutTwo, afterSeq: 0, limit: 10 });
    expect(versions?.data.map(({ content }) => content)).toMatchObject([
      { text: 'hai' },
      { text: 'hai lần' },
    ]);
    expect(await listReactions(db, aboutTwo)).toMatchObject([{ emoji: '👍', count: 1 }]);
    expect((await listPins(db, byChi))?.map(({ message }) => message.seq)).toEqual([2]);
    const replies = await listReplies(db, { ...aboutTwo, afterSeq: 0, limit: 10 });
    expect(replies?.data.map(({ seq }) => seq)).toEqual([5]);
    expect(await seesFile(db, { userId: chi, fileId })).toBe(true);
    expect(await seesFile(db, { userId: chi, fileId: laterFileId })).toBe(false);
    expect(await getMessageStats(db, byChi)).toMatchObject({
      total: 4,
      byType: [
        { type: 'text', count: 3 },
        { type: 'image', count: 1 },
      ],
    });
  });

  test('hears of receipts as they were, and no more of who is where now', async ({ db }) => {
    await tell(db, [left, ...after]);
    const nine = sentText(hanoi, 9).data.messageId;
    expect(await getReceiptStats(db, aboutTwo)).toMatchObject({ recipientCount: 2, read: { count: 1 } });
    expect(await getReceiptStats(db, { userId: chi, messageId: nine })).toMatchObject({
      recipientCount: 2,
      read: { count: 0 },
    });
    expect(await getReceiptStats(db, { userId: an, messageId: nine })).toMatchObject({
      recipientCount: 1,
      read: { count: 1 },
    });
    expect(await listReadPositions(db, byChi)).toBeUndefined();
    expect(await listChanges(db, { ...byChi, afterSeq: 0, limit: 10 })).toBeUndefined();
    expect(await findMessage(db, aboutTwo)).toBeUndefined();
  });

  test('finds what they may read, and not by words that came later', async ({ db }) => {
    await tell(db, [left, ...after]);
    expect(await textsOf(db, 'ba', { userId: chi })).toEqual([]);
    expect(await textsOf(db, 'bi mat', { userId: chi })).toEqual([]);
    expect(await textsOf(db, 'bi mat')).toEqual(['bí mật nữa', 'bí mật']);
    const found = await search(db, undefined, { userId: chi, conversationId: hanoi });
    expect(found.data.map(({ message }) => message.seq)).toEqual([5, 4]);
    expect(found.facets?.matchCount).toBe(2);
  });

  test('reads nothing more once the group says so', async ({ db }) => {
    await tell(db, [left, settings({ keepHistory: false })]);
    expect(await seqsOf(db)).toBeUndefined();
    expect(await getMessage(db, aboutTwo)).toBeUndefined();
    expect(await textsOf(db, 'hai', { userId: chi })).toEqual([]);
  });

  test('reads nothing of a group that was dissolved since', async ({ db }) => {
    const dissolved = {
      type: 'conversation.dissolved',
      data: { conversationId: hanoi, memberIds: [an, binh] },
    };
    await tell(db, [left, dissolved as ConversationEvent]);
    expect(await seqsOf(db)).toBeUndefined();
    expect(await seqsOf(db, { from: 'latest' }, an)).toBeUndefined();
  });

  test('reads everything when they come back', async ({ db }) => {
    await tell(db, [left, ...after, back]);
    expect((await seqsOf(db))?.at(-1)).toBe(18);
    expect(await getMessage(db, aboutTwo)).toMatchObject({ content: { text: 'bí mật' } });
  });
});

describe('who was removed', () => {
  test('reads nothing, unless the group says so', async ({ db }) => {
    await tell(db, [removed, ...after]);
    expect(await seqsOf(db)).toBeUndefined();
    expect(await seesFile(db, { userId: chi, fileId })).toBe(false);
    expect(await textsOf(db, 'hai', { userId: chi })).toEqual([]);
  });

  test('reads up to there where it does', async ({ db }) => {
    await tell(db, [settings({ keepHistoryOfRemoved: true }), removed, ...after]);
    expect((await seqsOf(db))?.at(-1)).toBe(11);
  });

  test('reads nothing of an earlier stay that they had ended themselves', async ({ db }) => {
    await tell(db, [left, back, removed]);
    expect(await seqsOf(db)).toBeUndefined();
  });
});
