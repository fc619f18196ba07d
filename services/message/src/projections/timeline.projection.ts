import type { ConversationEvent, MessageEvent, MessageSent, RecordedEvent, UserId } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows, rowsAs } from '@parley/postgres';
import type { Transaction } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { leaveTombstones, writeVersions } from './message-changes.ts';
import { countSent, uncountDeleted } from './message-counts.ts';
import { addPins, addReactions, removePins, removeReactions } from './reactions-and-pins.ts';

/** Every message in its place, and who may read it. */
export const timeline: Projection<ConversationEvent | MessageEvent, MessageDb> = {
  name: 'timeline',
  log: 'conv',
  tables: [
    'message',
    'message_version',
    'message_count',
    'sticker_count',
    'attachment',
    'reaction',
    'pin',
    'membership',
  ],

  on: {
    'conversation.started': beginStays,

    'message.sent': async (tx, events) => {
      await writeSent(tx, events);
      await countSent(tx, events);
    },
    'message.edited': writeVersions,
    'message.reaction-added': addReactions,
    'message.reaction-removed': removeReactions,
    'message.pinned': addPins,
    'message.unpinned': removePins,
    'message.deleted': async (tx, events) => {
      await uncountDeleted(tx, events);
      await leaveTombstones(tx, events);
    },

    'conversation.members-added': beginStays,
    'conversation.member-joined': beginStay,
    'conversation.member-removed': endStays,
    'conversation.member-left': endStays,
    'conversation.dissolved': endAllStays,
  },
};

async function writeSent(
  tx: Transaction<MessageDb>,
  events: readonly RecordedEvent<MessageSent>[],
): Promise<void> {
  const rows = events.map(({ data, seq, actorId, at }) => ({
    conversation_id: data.conversationId,
    seq: seq ?? 0,
    message_id: data.messageId,
    sender_id: actorId,
    client_message_id: data.clientMessageId,
    content: data.content,
    sent_at: at,
    changed_seq: seq ?? 0,
    reply_to: data.replyTo ?? null,
    forwarded_from: data.forwardedFrom ?? null,
    mentions: data.mentions ?? [],
  }));
  await insertRows(tx, 'message', rows).execute();

  const attachments = events.flatMap(({ data: { content, conversationId }, seq }) =>
    ('attachments' in content ? content.attachments : []).map(({ fileId }) => ({
      file_id: fileId,
      conversation_id: conversationId,
      message_seq: seq ?? 0,
    })),
  );
  if (attachments.length === 0) return;
  // That a file is attached once is the log's promise, and a projector must not stop where it was broken.
  await insertRows(tx, 'attachment', attachments)
    .onConflict((known) => known.doNothing())
    .execute();
}

type Joining = RecordedEvent<Extract<ConversationEvent, { readonly data: { readonly members: unknown } }>>;
type Joined = RecordedEvent<Extract<ConversationEvent, { type: 'conversation.member-joined' }>>;
type Going = RecordedEvent<
  Extract<ConversationEvent, { type: 'conversation.member-removed' | 'conversation.member-left' }>
>;
type Dissolved = RecordedEvent<Extract<ConversationEvent, { type: 'conversation.dissolved' }>>;

function beginStays(tx: Transaction<MessageDb>, events: readonly Joining[]): Promise<unknown> {
  const rows = events.flatMap(({ data, seq }) =>
    data.members.map(({ userId }: { readonly userId: UserId }) => ({
      conversation_id: data.conversationId,
      user_id: userId,
      joined_seq: seq ?? 0,
    })),
  );
  return insertRows(tx, 'membership', rows).execute();
}

function beginStay(tx: Transaction<MessageDb>, events: readonly Joined[]): Promise<unknown> {
  const rows = events.map(({ data, seq }) => ({
    conversation_id: data.conversationId,
    user_id: data.userId,
    joined_seq: seq ?? 0,
  }));
  return insertRows(tx, 'membership', rows).execute();
}

function endAllStays(tx: Transaction<MessageDb>, events: readonly Dissolved[]): Promise<unknown> {
  const rows = events.map(({ data, seq }) => ({ conversation_id: data.conversationId, left_seq: seq ?? 0 }));
  return tx
    .updateTable('membership')
    .from(rowsAs('membership', rows, 'ended'))
    .set((row) => ({ left_seq: row.ref('ended.left_seq') }))
    .whereRef('membership.conversation_id', '=', 'ended.conversation_id')
    .where('membership.left_seq', 'is', null)
    .execute();
}

function endStays(tx: Transaction<MessageDb>, events: readonly Going[]): Promise<unknown> {
  const rows = events.map(({ data, seq }) => ({
    conversation_id: data.conversationId,
    user_id: data.userId,
    left_seq: seq ?? 0,
  }));
  return tx
    .updateTable('membership')
    .from(rowsAs('membership', rows, 'gone'))
    .set((row) => ({ left_seq: row.ref('gone.left_seq') }))
    .whereRef('membership.conversation_id', '=', 'gone.conversation_id')
    .whereRef('membership.user_id', '=', 'gone.user_id')
    .where('membership.left_seq', 'is', null)
    .execute();
}
