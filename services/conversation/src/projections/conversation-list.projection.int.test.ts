import type { ConversationEvent, FileId, MessageEvent, SettingsChange } from '@parley/contracts';
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
  timeOf,
} from '@parley/testing';
import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { conversationList } from './conversation-list.projection.ts';

const test = databaseTest<ConversationDb>(migrations);

const face = 'fil_0000000000000000000000000f' as FileId;
const updated = (change: { name?: string; description?: string; avatarFileId?: FileId | null }) =>
  ({ type: 'conversation.updated', data: { conversationId: hanoi, ...change } }) as const;
const settings = (change: SettingsChange) =>
  ({ type: 'conversation.settings-changed', data: { conversationId: hanoi, settings: change } }) as const;

const { events: history } = chronicle<ConversationEvent | MessageEvent>()
  .record(hanoi, an, {
    type: 'conversation.started',
    data: {
      conversationId: hanoi,
      kind: 'group',
      name: 'Hà Nội',
      description: 'phở',
      members: [
        { userId: an, role: 'owner' },
        { userId: binh, role: 'member' },
      ],
    },
  })
  .record(hanoi, an, sentText(hanoi, 1))
  .record(hue, binh, {
    type: 'conversation.started',
    data: {
      conversationId: hue,
      kind: 'direct',
      members: [
        { userId: an, role: 'member' },
        { userId: binh, role: 'member' },
      ],
    },
  })
  .record(hanoi, binh, sentText(hanoi, 2, 'Chào An'))
  .record(hanoi, an, {
    type: 'conversation.members-added',
    data: { conversationId: hanoi, members: [{ userId: chi, role: 'member' }], addedBy: an },
  })
  .record(hanoi, chi, sentText(hanoi, 3, '“chào” \\ \n 🙂'))
  .record(hanoi, chi, {
    type: 'conversation.member-left',
    data: { conversationId: hanoi, userId: chi },
  })
  .record(hanoi, an, updated({ name: 'Hà Nội 36 phố', avatarFileId: face }))
  .record(hanoi, an, settings({ readOnly: true, memberLimit: 36 }))
  .record(hanoi, an, updated({ description: '', avatarFileId: null }))
  .record(hanoi, an, settings({ readOnly: false }))
  .record(hanoi, an, {
    type: 'conversation.role-changed',
    data: { conversationId: hanoi, userId: binh, role: 'admin' },
  })
  .record(hue, an, {
    type: 'conversation.person-blocked',
    data: { conversationId: hue, blockedId: binh },
  });

test('shows each conversation with its last change and its last message', async ({ db }) => {
  await runProjection(db, conversationList, history.slice(0, 7));

  const rows = await db
    .selectFrom('conversation')
    .select(['conversation_id', 'kind', 'name', 'description', 'created_at', 'created_by'])
    .select(['last_seq', 'last_activity_at', 'last_message'])
    .orderBy('conversation_id')
    .execute();
  expect(rows).toEqual([
    {
      conversation_id: hanoi,
      kind: 'group',
      name: 'Hà Nội',
      description: 'phở',
      created_at: new Date(timeOf(1)),
      created_by: an,
      last_seq: 5 + 1,
      last_activity_at: new Date(timeOf(7)),
      last_message: {
        ...sentText(hanoi, 3, '“chào” \\ \n 🙂').data,
        seq: 5,
        senderId: chi,
        sentAt: timeOf(6),
        replyTo: null,
        forwardedFrom: null,
        mentions: [],
        isEdited: false,
        editedAt: null,
        deletedAt: null,
        deletedBy: null,
      },
    },
    {
      conversation_id: hue,
      kind: 'direct',
      name: null,
      description: null,
      created_at: new Date(timeOf(3)),
      created_by: binh,
      last_seq: 1,
      last_activity_at: new Date(timeOf(3)),
      last_message: null,
    },
  ]);
});

test('shows the latest name, picture and settings, and what was taken away no more', async ({ db }) => {
  const columns = [
    'name',
    'description',
    'avatar_file_id',
    'settings',
    'last_seq',
    'last_activity_at',
  ] as const;
  const shown = () =>
    db.selectFrom('conversation').select(columns).where('conversation_id', '=', hanoi).executeTakeFirst();

  await runProjection(db, conversationList, history.slice(0, 9));
  expect(await shown()).toMatchObject({
    name: 'Hà Nội 36 phố',
    description: 'phở',
    avatar_file_id: face,
    settings: { readOnly: true, memberLimit: 36 },
  });
  await runProjection(db, conversationList, history);
  expect(await shown()).toEqual({
    name: 'Hà Nội 36 phố',
    description: '',
    avatar_file_id: null,
    settings: { readOnly: false, memberLimit: 36 },
    last_seq: 11,
    last_activity_at: new Date(timeOf(12)),
  });
});

test('a block moves the number on and nothing else', async ({ db }) => {
  await runProjection(db, conversationList, history);

  const columns = ['last_seq', 'last_activity_at'] as const;
  const row = db.selectFrom('conversation').select(columns).where('conversation_id', '=', hue);
  expect(await row.executeTakeFirst()).toEqual({ last_seq: 2, last_activity_at: new Date(timeOf(3)) });
});

test('keeps of each message who sent it', async ({ db }) => {
  await runProjection(db, conversationList, history);

  const rows = await db
    .selectFrom('conversation_message')
    .select(['conversation_id', 'seq', 'sender_id'])
    .orderBy('seq')
    .execute();
  expect(rows).toEqual([
    { conversation_id: hanoi, seq: 2, sender_id: an },
    { conversation_id: hanoi, seq: 3, sender_id: binh },
    { conversation_id: hanoi, seq: 5, sender_id: chi },
  ]);
});

const { events: changes } = chronicle<ConversationEvent | MessageEvent>()
  .record(hanoi, an, {
    type: 'conversation.started',
    data: { conversationId: hanoi, kind: 'group', members: [{ userId: an, role: 'owner' }] },
  })
  .record(hanoi, an, sentText(hanoi, 1, 'một'))
  .record(hanoi, an, sentText(hanoi, 2, 'hai'))
  .record(hanoi, an, {
    type: 'message.edited',
    data: { ...placeOfText(hanoi, 2, 3), content: { type: 'text', text: 'hai rưỡi' } },
  })
  .record(hanoi, an, {
    type: 'message.edited',
    data: { ...placeOfText(hanoi, 1, 2), content: { type: 'text', text: 'một rưỡi' } },
  })
  .record(hanoi, an, { type: 'message.deleted', data: placeOfText(hanoi, 2, 3) });

async function listed(db: Kysely<ConversationDb>) {
  return db
    .selectFrom('conversation')
    .select(['last_seq', 'last_activity_at', 'last_message'])
    .executeTakeFirst();
}

test('the last message is shown as it is now, and its change is no activity', async ({ db }) => {
  await runProjection(db, conversationList, changes.slice(0, 5));
  expect(await listed(db)).toMatchObject({
    last_seq: 5,
    last_activity_at: new Date(timeOf(3)),
    last_message: {
      seq: 3,
      content: { type: 'text', text: 'hai rưỡi' },
      isEdited: true,
      editedAt: timeOf(4),
    },
  });
});

test('of a deleted message nothing is shown, and nobody counts it', async ({ db }) => {
  await runProjection(db, conversationList, changes);
  expect(await listed(db)).toMatchObject({
    last_seq: 6,
    last_message: { seq: 3, content: null, isEdited: false, deletedAt: timeOf(6), deletedBy: an },
  });
  const counted = await db.selectFrom('conversation_message').select('seq').execute();
  expect(counted).toEqual([{ seq: 2 }]);
});

describeReplay(conversationList, { migrations, history });
describeReplay(conversationList, { migrations, history: changes });

function calls(number: number, messageSeq: number, ...userIds: readonly (typeof an)[]): MessageEvent {
  const entities = userIds.map((userId) => ({ type: 'mention' as const, offset: 0, length: 1, userId }));
  const place = placeOfText(hanoi, number, messageSeq);
  return { type: 'message.edited', data: { ...place, content: { type: 'text', text: '@ơi', entities } } };
}

/** Edits that call somebody, others, and nobody; and a message that called and is gone. */
const { events: callings } = chronicle<ConversationEvent | MessageEvent>()
  .record(hanoi, an, {
    type: 'conversation.started',
    data: {
      conversationId: hanoi,
      kind: 'group',
      members: [an, binh, chi].map((userId) => ({ userId, role: 'owner' })),
    },
  })
  .record(hanoi, an, sentText(hanoi, 1))
  .record(hanoi, an, sentText(hanoi, 2))
  .record(hanoi, an, calls(1, 2, binh))
  .record(hanoi, an, calls(2, 3, binh, chi))
  .record(hanoi, an, calls(1, 2))
  .record(hanoi, an, calls(1, 2, chi))
  .record(hanoi, an, { type: 'message.deleted', data: placeOfText(hanoi, 2, 3) });
describeReplay(conversationList, { migrations, history: callings });
