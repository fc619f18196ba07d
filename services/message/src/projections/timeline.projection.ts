import type { ConversationEvent, MessageEvent, MessageSent, RecordedEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows } from '@parley/postgres';
import type { Transaction } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { leaveTombstones, writeVersions } from './message-changes.ts';
import { countSent, uncountDeleted } from './message-counts.ts';
import { addPins, addReactions, removePins, removeReactions } from './reactions-and-pins.ts';
import { beginStay, beginStays, endAllStays, endStays, takeRules } from './stays.ts';
import { tellInTimeline } from './system-messages.ts';

/** Every message in its place with the lines that tell of what became of the conversation, and who may read it. */
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
    'history_rule',
  ],

  on: {
    'conversation.started': async (tx, events) => {
      await beginStays(tx, events);
      await takeRules(tx, events);
      await tellInTimeline(tx, events);
    },

    'message.sent': async (tx, events) => {
      await writeSent(tx, events);
      await countSent(tx, events);
    },
    'message.edited': writeVersions,
    'message.reaction-added': addReactions,
    'message.reaction-removed': removeReactions,
    'message.pinned': told(addPins),
    'message.unpinned': told(removePins),
    'message.deleted': async (tx, events) => {
      await uncountDeleted(tx, events);
      await leaveTombstones(tx, events);
    },

    'conversation.members-added': told(beginStays),
    'conversation.member-joined': told(beginStay),
    'conversation.member-removed': told(endStays('removed')),
    'conversation.member-left': told(endStays('left')),
    'conversation.role-changed': tellInTimeline,
    'conversation.ownership-transferred': tellInTimeline,
    'conversation.updated': tellInTimeline,
    'conversation.settings-changed': told(takeRules),
    'conversation.dissolved': told(endAllStays),
  },
};

/** What an event does, and the line that tells of it. */
function told<Event extends RecordedEvent<ConversationEvent | MessageEvent>>(
  write: (tx: Transaction<MessageDb>, events: readonly Event[]) => Promise<unknown>,
) {
  return async (tx: Transaction<MessageDb>, events: readonly Event[]): Promise<void> => {
    await write(tx, events);
    await tellInTimeline(tx, events);
  };
}

async function writeSent(
  tx: Transaction<MessageDb>,
  events: readonly RecordedEvent<MessageSent>[],
): Promise<void> {
  const rows = events.map(({ data, seq, actorId, at, position }) => ({
    conversation_id: data.conversationId,
    seq: seq ?? 0,
    message_id: data.messageId,
    sender_id: actorId,
    client_message_id: data.clientMessageId,
    content: data.content,
    sent_at: at,
    changed_seq: seq ?? 0,
    position,
    changed_position: position,
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
