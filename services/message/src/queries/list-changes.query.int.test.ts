import type { ConversationEvent, HiddenEvent, MessageEvent } from '@parley/contracts';
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
import { expect } from 'vitest';

import { hiddenMessages } from '../projections/hidden-messages.projection.ts';
import { timeline } from '../projections/timeline.projection.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { findMessage } from './find-message.query.ts';
import { findSentMessage } from './find-sent-message.query.ts';
import { getMessage } from './get-message.query.ts';
import { listChanges } from './list-changes.query.ts';
import { listMessageVersions } from './list-message-versions.query.ts';
import { listMessages } from './list-messages.query.ts';
import { listPins } from './list-pins.query.ts';
import { listReactions } from './list-reactions.query.ts';

const test = databaseTest<MessageDb>(migrations);

const edit = (text: string): MessageEvent => ({
  type: 'message.edited',
  data: { ...placeOfText(hanoi, 2, 2), content: { type: 'text', text } },
});

/** Number 1 opens the conversation, 2 to 4 are messages; 5 edits 2, 6 is a message, 7 deletes 3, 8 edits 2 again. */
async function tell(db: Kysely<MessageDb>) {
  const story = chronicle<ConversationEvent | MessageEvent>()
    .record(hanoi, an, {
      type: 'conversation.started',
      data: {
        conversationId: hanoi,
        kind: 'group',
        members: [
          { userId: an, role: 'owner' },
          { userId: binh, role: 'member' },
        ],
      },
    })
    .record(hanoi, an, sentText(hanoi, 2))
    .record(hanoi, an, sentText(hanoi, 3))
    .record(hanoi, an, sentText(hanoi, 4))
    .record(hanoi, an, edit('sửa'))
    .record(hanoi, binh, sentText(hanoi, 6))
    .record(hanoi, an, { type: 'message.deleted', data: placeOfText(hanoi, 3, 3) })
    .record(hanoi, an, edit('sửa nữa'));
  await runProjection(db, timeline, story.events);
  return story;
}

async function changesAfter(db: Kysely<MessageDb>, afterSeq: number, limit = 10) {
  const found = await listChanges(db, { userId: binh, conversationId: hanoi, afterSeq, limit });
  if (found === undefined) throw new Error('Bình is a member');
  const { messages, changed, upToSeq, hasMore } = found;
  return {
    messages: messages.map(({ seq }) => seq),
    changed: changed.map(({ seq }) => seq),
    upToSeq,
    hasMore,
  };
}

const reaction = (
  type: 'message.reaction-added' | 'message.reaction-removed',
  emoji: string,
  count: number,
): MessageEvent => ({ type, data: { ...placeOfText(hanoi, 4, 4), emoji, count } });

/** After that: An and Bình like 4, Bình thinks better of it and laughs, 4 and 6 are pinned at 14 and 15, 6 is deleted. */
async function tellMore(db: Kysely<MessageDb>): Promise<void> {
  const story = await tell(db);
  story
    .record(hanoi, an, reaction('message.reaction-added', '👍', 1))
    .record(hanoi, binh, reaction('message.reaction-added', '👍', 2))
    .record(hanoi, binh, reaction('message.reaction-removed', '👍', 1))
    .record(hanoi, binh, reaction('message.reaction-added', '😂', 1))
    .record(hanoi, an, reaction('message.reaction-added', '😂', 2))
    .record(hanoi, an, { type: 'message.pinned', data: placeOfText(hanoi, 4, 4) })
    .record(hanoi, an, { type: 'message.pinned', data: placeOfText(hanoi, 6, 6) })
    .record(hanoi, an, { type: 'message.deleted', data: placeOfText(hanoi, 6, 6) });
  await runProjection(db, timeline, story.events);
}

test('reactions are counted, the most frequent first, and everybody sees which are their own', async ({
  db,
}) => {
  await tellMore(db);
  const { messageId } = sentText(hanoi, 4).data;
  expect(await getMessage(db, { userId: binh, messageId })).toMatchObject({
    reactions: [
      { emoji: '😂', count: 2, own: true },
      { emoji: '👍', count: 1, own: false },
    ],
    isPinned: true,
    changedSeq: 14,
  });
  expect(await listReactions(db, { userId: an, messageId })).toEqual([
    { emoji: '😂', count: 2, own: true, userIds: [binh, an] },
    { emoji: '👍', count: 1, own: true, userIds: [an] },
  ]);
  expect(await listReactions(db, { userId: chi, messageId })).toBeUndefined();
  const bare = sentText(hanoi, 2).data.messageId;
  expect(await listReactions(db, { userId: an, messageId: bare })).toEqual([]);
});

test('pins are listed with who pinned, and a deleted message is pinned no more', async ({ db }) => {
  await tellMore(db);
  const pins = await listPins(db, { userId: binh, conversationId: hanoi });
  expect(pins).toMatchObject([{ message: { seq: 4, isPinned: true }, pinnedBy: an, pinnedAt: timeOf(14) }]);
  expect(await listPins(db, { userId: chi, conversationId: hanoi })).toBeUndefined();
  expect(await changesAfter(db, 8)).toEqual({
    messages: [14, 15],
    changed: [4, 6],
    upToSeq: 16,
    hasMore: false,
  });
});

test('what came since and what was changed since are told apart, both as they are now', async ({ db }) => {
  await tell(db);
  expect(await changesAfter(db, 4)).toEqual({ messages: [6], changed: [3, 2], upToSeq: 8, hasMore: false });
  const { changed } = (await listChanges(db, {
    userId: binh,
    conversationId: hanoi,
    afterSeq: 4,
    limit: 10,
  })) ?? { changed: [] };
  expect(changed).toMatchObject([
    { seq: 3, content: null, deletedBy: an, deletedAt: timeOf(7), isEdited: false, changedSeq: 7 },
    { seq: 2, content: { text: 'sửa nữa' }, isEdited: true, editedAt: timeOf(8), changedSeq: 8 },
  ]);
});

test('a page is complete up to where it says, and the next one goes on from there', async ({ db }) => {
  await tell(db);
  expect(await changesAfter(db, 4, 1)).toEqual({ messages: [6], changed: [], upToSeq: 6, hasMore: true });
  expect(await changesAfter(db, 6, 1)).toEqual({ messages: [], changed: [3], upToSeq: 7, hasMore: true });
  expect(await changesAfter(db, 7, 1)).toEqual({ messages: [], changed: [2], upToSeq: 8, hasMore: false });
  expect(await changesAfter(db, 8)).toEqual({ messages: [], changed: [], upToSeq: null, hasMore: false });
});

test('a pin and the line that tells of it are not parted by the end of a page', async ({ db }) => {
  await tellMore(db);
  expect(await changesAfter(db, 13, 1)).toEqual({
    messages: [14],
    changed: [4],
    upToSeq: 14,
    hasMore: true,
  });
  expect(await changesAfter(db, 14, 1)).toEqual({ messages: [15], changed: [], upToSeq: 15, hasMore: true });
  expect(await changesAfter(db, 15, 1)).toEqual({ messages: [], changed: [6], upToSeq: 16, hasMore: false });
});

test('who was never there gets the messages as they are now, once each', async ({ db }) => {
  await tell(db);
  expect(await changesAfter(db, 0)).toEqual({
    messages: [1, 2, 3, 4, 6],
    changed: [],
    upToSeq: 6,
    hasMore: false,
  });
});

test('what somebody has deleted for themselves is shown to everybody else', async ({ db }) => {
  await tellMore(db);
  const { events } = chronicle<HiddenEvent>()
    .record(binh, binh, { type: 'message.hidden', data: placeOfText(hanoi, 4, 4) })
    .record(binh, binh, { type: 'message.hidden', data: placeOfText(hanoi, 2, 2) });
  await runProjection(db, hiddenMessages, events);
  const { messageId } = sentText(hanoi, 4).data;
  const seqsOf = async (userId: typeof an) => {
    const history = await listMessages(db, {
      userId,
      conversationId: hanoi,
      bound: { from: 'latest' },
      limit: 2,
    });
    const changes = await listChanges(db, { userId, conversationId: hanoi, afterSeq: 4, limit: 10 });
    const pins = await listPins(db, { userId, conversationId: hanoi });
    return {
      history: history?.data.map(({ seq }) => seq),
      changed: changes?.changed.map(({ seq }) => seq),
      pins: pins?.map(({ message }) => message.seq),
      isFound: (await getMessage(db, { userId, messageId })) !== undefined,
      hasReactions: (await listReactions(db, { userId, messageId })) !== undefined,
    };
  };
  expect(await seqsOf(an)).toEqual({
    history: [14, 15],
    changed: [3, 2, 4],
    pins: [4],
    isFound: true,
    hasReactions: true,
  });
  expect(await seqsOf(binh)).toEqual({
    history: [14, 15],
    changed: [3],
    pins: [],
    isFound: false,
    hasReactions: false,
  });
});

test('to a stranger there is nothing', async ({ db }) => {
  await tell(db);
  const { messageId } = sentText(hanoi, 2).data;
  const changes = await listChanges(db, { userId: chi, conversationId: hanoi, afterSeq: 0, limit: 10 });
  const versions = await listMessageVersions(db, { userId: chi, messageId, afterSeq: 0, limit: 10 });
  expect([changes, versions, await findMessage(db, { userId: chi, messageId })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('the versions of a message, its first words first, a page at a time', async ({ db }) => {
  await tell(db);
  const { messageId } = sentText(hanoi, 2).data;
  const asked = { userId: binh, messageId, limit: 2 };
  const first = await listMessageVersions(db, { ...asked, afterSeq: 0 });
  expect(first).toEqual({
    data: [
      { content: { type: 'text', text: 'text 2' }, writtenAt: timeOf(2) },
      { content: { type: 'text', text: 'sửa' }, writtenAt: timeOf(5) },
    ],
    nextCursor: '5',
  });
  expect(await listMessageVersions(db, { ...asked, afterSeq: 5 })).toEqual({
    data: [{ content: { type: 'text', text: 'sửa nữa' }, writtenAt: timeOf(8) }],
    nextCursor: undefined,
  });
});

test('one that was never edited has one version, a deleted one has none', async ({ db }) => {
  await tell(db);
  const versionsOf = (number: number) =>
    listMessageVersions(db, {
      userId: binh,
      messageId: sentText(hanoi, number).data.messageId,
      afterSeq: 0,
      limit: 10,
    });
  expect((await versionsOf(4))?.data).toEqual([
    { content: { type: 'text', text: 'text 4' }, writtenAt: timeOf(4) },
  ]);
  expect((await versionsOf(3))?.data).toEqual([]);
});

test('a retry is known by its first words, whatever the message says now', async ({ db }) => {
  await tell(db);
  const found = async (number: number) => {
    const { conversationId, clientMessageId } = sentText(hanoi, number).data;
    return findSentMessage(db, { conversationId, clientMessageId, senderId: an });
  };
  expect(await found(2)).toMatchObject({
    firstContent: { type: 'text', text: 'text 2' },
    view: { content: { type: 'text', text: 'sửa nữa' } },
  });
  expect(await found(3)).toMatchObject({ firstContent: null, view: { content: null } });
});
