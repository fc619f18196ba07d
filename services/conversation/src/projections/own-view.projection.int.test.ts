import type { ConversationId, OwnViewEvent, Timestamp } from '@parley/contracts';
import {
  an,
  binh,
  chronicle,
  databaseTest,
  describeReplay,
  hanoi,
  hue,
  runProjection,
  timeOf,
} from '@parley/testing';
import { expect } from 'vitest';

import { migrations } from '../storage/migrations/index.ts';
import type { ConversationDb } from '../storage/schema.ts';
import { ownView } from './own-view.projection.ts';

const test = databaseTest<ConversationDb>(migrations);
const tonight = '2026-11-21T20:00:00.000Z' as Timestamp;

type Changes = Omit<
  Extract<OwnViewEvent, { readonly type: 'conversation.preferences-changed' }>['data'],
  'conversationId'
>;

const kept = (conversationId: ConversationId, changes: Changes): OwnViewEvent => ({
  type: 'conversation.preferences-changed',
  data: { conversationId, ...changes },
});
const drafted = (conversationId: ConversationId, text: string | null, savedAtSeq = 1): OwnViewEvent => ({
  type: 'conversation.draft-saved',
  data: { conversationId, draft: text === null ? null : { text }, savedAtSeq },
});

const { events: history } = chronicle<OwnViewEvent>()
  .record(an, an, kept(hanoi, { archived: true }))
  .record(an, an, kept(hanoi, { mutedUntil: 'forever', pinnedAt: timeOf(2) }))
  .record(an, an, drafted(hanoi, '“Chào” \\ \n 🙂', 7))
  .record(binh, binh, kept(hanoi, { markedUnread: true, readsStoodAt: 70 }))
  .record(an, an, kept(hue, { archived: true, mutedUntil: tonight }))
  .record(an, an, kept(hue, { archived: false }))
  .record(binh, binh, drafted(hue, 'Ừ'))
  .record(binh, binh, drafted(hue, null))
  .record(binh, binh, kept(hue, { markedUnread: true, readsStoodAt: 1 }))
  .record(binh, binh, kept(hue, { markedUnread: false, pinnedAt: null }));

const nothing = {
  archived: false,
  muted_until: null,
  pinned_at: null,
  marked_at_position: null,
  draft: null,
  draft_seq: null,
};

test('each event changes what it names and leaves the rest as it was', async ({ db }) => {
  await runProjection(db, ownView, history);

  const rows = await db.selectFrom('own_view').selectAll().orderBy('user_id').orderBy('version').execute();
  expect(rows).toEqual([
    {
      ...nothing,
      user_id: an,
      conversation_id: hanoi,
      archived: true,
      muted_until: Number.POSITIVE_INFINITY,
      pinned_at: new Date(timeOf(2)),
      draft: { text: '“Chào” \\ \n 🙂', savedAt: timeOf(3), savedAtSeq: 7 },
      draft_seq: 7,
      version: 3,
    },
    { ...nothing, user_id: an, conversation_id: hue, muted_until: new Date(tonight), version: 6 },
    { ...nothing, user_id: binh, conversation_id: hanoi, marked_at_position: 70, version: 4 },
    { ...nothing, user_id: binh, conversation_id: hue, version: 10 },
  ]);
});

describeReplay(ownView, { migrations, history });
