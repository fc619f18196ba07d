import type { ConversationEvent, MessageEvent } from '@parley/contracts';
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
import { systemMessageOf } from '@parley/service-kit';
import { describe, expect } from 'vitest';

import { getMessageStats } from '../queries/get-message-stats.query.ts';
import { getMessage } from '../queries/get-message.query.ts';
import { listMessages } from '../queries/list-messages.query.ts';
import { migrations } from '../storage/migrations/index.ts';
import type { MessageDb } from '../storage/schema.ts';
import { timeline } from './timeline.projection.ts';

const test = databaseTest<MessageDb>(migrations);

const { events: history } = chronicle<ConversationEvent | MessageEvent>()
  .record(hanoi, an, {
    type: 'conversation.started',
    data: {
      conversationId: hanoi,
      kind: 'group',
      name: 'Hà Nội',
      members: [{ userId: an, role: 'owner' }],
      settings: { keepHistory: false },
    },
  })
  .record(hue, an, {
    type: 'conversation.started',
    data: {
      conversationId: hue,
      kind: 'direct',
      members: [an, binh].map((userId) => ({ userId, role: 'member' as const })),
    },
  })
  .record(hue, an, { type: 'conversation.person-blocked', data: { conversationId: hue, blockedId: binh } })
  .record(hanoi, an, {
    type: 'conversation.members-added',
    data: {
      conversationId: hanoi,
      members: [binh, chi].map((userId) => ({ userId, role: 'member' as const })),
      addedBy: an,
    },
  })
  .record(hanoi, an, sentText(hanoi, 1))
  .record(hanoi, an, { type: 'message.pinned', data: placeOfText(hanoi, 1, 3) })
  .record(hanoi, an, {
    type: 'conversation.role-changed',
    data: { conversationId: hanoi, userId: binh, role: 'admin' },
  })
  .record(hanoi, binh, { type: 'conversation.updated', data: { conversationId: hanoi, name: 'Huế' } })
  .record(hanoi, binh, {
    type: 'conversation.settings-changed',
    data: { conversationId: hanoi, settings: { keepHistory: true } },
  })
  .record(hanoi, binh, {
    type: 'conversation.settings-changed',
    data: { conversationId: hanoi, settings: { keepHistoryOfRemoved: true } },
  })
  .record(hanoi, chi, { type: 'conversation.member-left', data: { conversationId: hanoi, userId: chi } })
  .record(hanoi, an, { type: 'message.unpinned', data: placeOfText(hanoi, 1, 3) })
  .record(hanoi, an, {
    type: 'conversation.ownership-transferred',
    data: { conversationId: hanoi, from: an, to: binh },
  })
  .record(hanoi, binh, {
    type: 'conversation.dissolved',
    data: { conversationId: hanoi, memberIds: [an, binh] },
  });
const beforeTheEnd = history.slice(0, -1);
const latest = { bound: { from: 'latest' } as const, limit: 100 };

describe('the lines of a timeline', () => {
  test('stand at the numbers of what they tell of, the same as everybody heard live', async ({ db }) => {
    await runProjection(db, timeline, beforeTheEnd);

    const page = await listMessages(db, { userId: an, conversationId: hanoi, ...latest });
    const lines = page?.data.filter(({ content }) => content?.type === 'system') ?? [];
    expect(lines).toEqual(
      beforeTheEnd
        .filter(({ aggregateId }) => aggregateId === hanoi)
        .flatMap((event) => systemMessageOf(event) ?? []),
    );
    expect(lines.map(({ seq, content }) => [seq, content?.type === 'system' && content.template])).toEqual([
      [1, 'conversation-created'],
      [2, 'members-joined'],
      [4, 'message-pinned'],
      [5, 'role-changed'],
      [6, 'renamed'],
      [7, 'settings-changed'],
      [8, 'settings-changed'],
      [9, 'member-left'],
      [10, 'message-unpinned'],
      [11, 'ownership-transferred'],
    ]);
    const [first] = lines;
    const messageId = first?.messageId;
    expect(messageId && (await getMessage(db, { userId: binh, messageId }))).toEqual(first);
  });

  test('tell nothing of a direct chat, nor of who has blocked whom', async ({ db }) => {
    await runProjection(db, timeline, history);
    const page = await listMessages(db, { userId: binh, conversationId: hue, ...latest });
    expect(page?.data).toEqual([]);
  });

  test('are counted as nobody’s messages', async ({ db }) => {
    await runProjection(db, timeline, beforeTheEnd);
    expect(await getMessageStats(db, { userId: an, conversationId: hanoi })).toEqual({
      total: 1,
      byType: [{ type: 'text', count: 1 }],
      bySender: [{ userId: an, count: 1 }],
    });
  });
});

test('the last word of a group on what it keeps counts, and the end of it ends that', async ({ db }) => {
  const rule = () => db.selectFrom('history_rule').selectAll().execute();
  await runProjection(db, timeline, beforeTheEnd);
  expect(await rule()).toEqual([
    { conversation_id: hanoi, keep_history: true, keep_history_of_removed: true },
  ]);
  await runProjection(db, timeline, history);
  expect(await rule()).toEqual([
    { conversation_id: hanoi, keep_history: false, keep_history_of_removed: false },
  ]);
});

describeReplay(timeline, { migrations, history });
