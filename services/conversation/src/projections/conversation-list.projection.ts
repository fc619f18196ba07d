import {
  type ConversationEvent,
  foldText,
  mentionsIn,
  type MessageDeleted,
  type MessageEvent,
  type MessagePreview,
  type RecordedEvent,
  sentMessagePreview,
  type ConversationId,
} from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { insertRows, rowsAs } from '@parley/postgres';
import { sql, type Transaction } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';
import { callAnew, deleteCounted, insertCounted, insertMentions } from './counted-messages.ts';

/** Each conversation with its last change and its last message, and what counting the unread needs. */
export const conversationList: Projection<ConversationEvent | MessageEvent, ConversationDb> = {
  name: 'conversation-list',
  log: 'conv',
  tables: ['conversation', 'conversation_message', 'conversation_stretch', 'conversation_mention'],

  on: {
    'conversation.started': (tx, events) => {
      const rows = events.map(({ data, at, actorId, seq, position }) => ({
        conversation_id: data.conversationId,
        kind: data.kind,
        name: data.name ?? null,
        name_folded: data.name === undefined ? null : foldText(data.name),
        description: data.description ?? null,
        avatar_file_id: data.avatarFileId ?? null,
        settings: data.settings ?? {},
        created_at: at,
        created_by: actorId,
        last_seq: seq ?? 0,
        last_position: position,
        last_activity_at: at,
        last_message: null,
      }));
      return insertRows(tx, 'conversation', rows).execute();
    },

    'message.sent': async (tx, events) => {
      await insertCounted(tx, events);
      await insertMentions(
        tx,
        events.map(({ data, seq, actorId }) => ({
          conversation_id: data.conversationId,
          seq: seq ?? 0,
          sender_id: actorId,
          // Events from before messages said whom they mention have it in their text's entities only.
          mentions: data.mentions ?? mentionsIn(data.content),
        })),
      );
      const last = lastOfEach(events).map((event) => ({
        ...activityOf(event),
        last_message: sentMessagePreview(event),
      }));
      await tx
        .updateTable('conversation')
        .from(rowsAs('conversation', last, 'sent'))
        .set((row) => ({
          last_seq: row.ref('sent.last_seq'),
          last_position: row.ref('sent.last_position'),
          last_activity_at: row.ref('sent.last_activity_at'),
          last_message: row.ref('sent.last_message'),
        }))
        .whereRef('conversation.conversation_id', '=', 'sent.conversation_id')
        .execute();
    },

    // A change is none of the activity that the list is ordered by.
    'message.edited': async (tx, events) => {
      await moveOn(tx, events);
      await callAnew(tx, events);
      await patchPreviews(
        tx,
        events.map(({ data, at }) => ({
          messageId: data.messageId,
          conversationId: data.conversationId,
          content: data.content,
          mentions: mentionsIn(data.content),
          isEdited: true,
          editedAt: at,
        })),
      );
    },

    'message.reaction-added': moveOn,
    'message.reaction-removed': moveOn,
    'message.pinned': moveOn,
    'message.unpinned': moveOn,

    'message.deleted': async (tx, events) => {
      await moveOn(tx, events);
      await deleteCounted(tx, events);
      await patchPreviews(
        tx,
        events.map(({ data, at, actorId }) => ({
          messageId: data.messageId,
          conversationId: data.conversationId,
          content: null,
          replyTo: null,
          forwardedFrom: null,
          mentions: [],
          isEdited: false,
          editedAt: null,
          deletedAt: at,
          deletedBy: actorId,
        })),
      );
      await takeFromQuotes(tx, events);
    },

    'conversation.updated': async (tx, events) => {
      // What several events of one conversation say comes to one row, the later word over the earlier.
      const said = new Map<string, Said>();
      for (const { data } of events) {
        const before = said.get(data.conversationId);
        said.set(data.conversationId, {
          conversation_id: data.conversationId,
          name: data.name ?? before?.name,
          name_folded: data.name === undefined ? before?.name_folded : foldText(data.name),
          description: data.description ?? before?.description,
          avatar_file_id:
            data.avatarFileId === null ? NO_FILE : (data.avatarFileId ?? before?.avatar_file_id),
        });
      }
      await tx
        .updateTable('conversation')
        .from(rowsAs('conversation', [...said.values()], 'said'))
        .set({
          name: sql`coalesce(said.name, conversation.name)`,
          name_folded: sql`coalesce(said.name_folded, conversation.name_folded)`,
          description: sql`coalesce(said.description, conversation.description)`,
          avatar_file_id: sql`nullif(coalesce(said.avatar_file_id, conversation.avatar_file_id), ${NO_FILE})`,
        })
        .whereRef('conversation.conversation_id', '=', 'said.conversation_id')
        .execute();
      await moveToTop(tx, events);
    },

    'conversation.settings-changed': async (tx, events) => {
      const said = new Map<string, Pick<ConversationDb['conversation'], 'conversation_id' | 'settings'>>();
      for (const { data } of events) {
        const settings = { ...said.get(data.conversationId)?.settings, ...data.settings };
        said.set(data.conversationId, { conversation_id: data.conversationId, settings });
      }
      await tx
        .updateTable('conversation')
        .from(rowsAs('conversation', [...said.values()], 'said'))
        .set({ settings: sql`conversation.settings || said.settings` })
        .whereRef('conversation.conversation_id', '=', 'said.conversation_id')
        .execute();
      await moveToTop(tx, events);
    },

    'conversation.members-added': moveToTop,
    'conversation.member-joined': moveToTop,
    'conversation.member-removed': moveToTop,
    'conversation.member-left': moveToTop,
    'conversation.role-changed': moveToTop,
    'conversation.ownership-transferred': moveToTop,
    'conversation.dissolved': moveToTop,

    // What nobody is shown has a number all the same.
    'conversation.invite-created': moveOn,
    'conversation.invite-revoked': moveOn,
    'conversation.person-blocked': moveOn,
    'conversation.person-unblocked': moveOn,
  },
};

/** Stands for "no picture any more" where null stands for "as it was". */
const NO_FILE = '';

interface Said {
  readonly conversation_id: ConversationId;
  readonly name: string | undefined;
  readonly name_folded: string | undefined;
  readonly description: string | undefined;
  readonly avatar_file_id: string | undefined;
}

/** A change of members, name or rules is shown in the conversation, so it counts as activity. */
function moveToTop(
  tx: Transaction<ConversationDb>,
  events: readonly RecordedEvent<ConversationEvent>[],
): Promise<unknown> {
  return tx
    .updateTable('conversation')
    .from(rowsAs('conversation', lastOfEach(events).map(activityOf), 'changed'))
    .set((row) => ({
      last_seq: row.ref('changed.last_seq'),
      last_position: row.ref('changed.last_position'),
      last_activity_at: row.ref('changed.last_activity_at'),
    }))
    .whereRef('conversation.conversation_id', '=', 'changed.conversation_id')
    .execute();
}

/** The number of the last change of any kind. */
async function moveOn(
  tx: Transaction<ConversationDb>,
  events: readonly RecordedEvent<ConversationEvent | MessageEvent>[],
): Promise<void> {
  await tx
    .updateTable('conversation')
    .from(rowsAs('conversation', lastOfEach(events).map(activityOf), 'changed'))
    .set((row) => ({
      last_seq: row.ref('changed.last_seq'),
      last_position: row.ref('changed.last_position'),
    }))
    .whereRef('conversation.conversation_id', '=', 'changed.conversation_id')
    .execute();
}

type Patch = Partial<MessagePreview> & Pick<MessagePreview, 'messageId' | 'conversationId'>;

/** Has a conversation's last message say what it says now, where that is what was changed. */
async function patchPreviews(tx: Transaction<ConversationDb>, patches: readonly Patch[]): Promise<void> {
  const latest = [...new Map(patches.map((patch) => [patch.messageId, patch])).values()];
  const rows = latest.map((patch) => ({ conversation_id: patch.conversationId, last_message: patch }));
  await sql`
    update conversation set last_message = conversation.last_message || patch.last_message
    from ${rowsAs('conversation', rows, 'patch')}
    where conversation.conversation_id = patch.conversation_id
      and conversation.last_message ->> 'messageId' = patch.last_message ->> 'messageId'`.execute(tx);
}

/** A deleted message's words are gone from where the last message quotes them, too. */
async function takeFromQuotes(
  tx: Transaction<ConversationDb>,
  events: readonly RecordedEvent<MessageDeleted>[],
): Promise<void> {
  const ids = events.map(({ data }) => data.messageId);
  const conversationIds = [...new Set(events.map(({ data }) => data.conversationId))];
  await tx
    .updateTable('conversation')
    .set({ last_message: sql`jsonb_set(last_message, '{replyTo,preview}', 'null')` })
    .where('conversation_id', 'in', conversationIds)
    .where(sql`last_message #>> '{replyTo,messageId}'`, 'in', ids)
    .execute();
}

/** The last event of each conversation: a statement may touch a row once. */
function lastOfEach<Event extends RecordedEvent>(events: readonly Event[]): Event[] {
  return [...new Map(events.map((event) => [event.aggregateId, event])).values()];
}

function activityOf({ data, seq, at, position }: RecordedEvent<ConversationEvent | MessageEvent>) {
  return {
    conversation_id: data.conversationId,
    last_seq: seq ?? 0,
    last_position: position,
    last_activity_at: at,
  };
}
