import {
  type ConversationEvent,
  type MessageChanged,
  type MessageReacted,
  type MessageView,
  type PinChanged,
  type ReadPosition,
  type RecordedEvent,
  sentMessageView,
  type ServerEventName,
  type ServerEventOf,
  type UserId,
  type Role,
} from '@parley/contracts';

import { systemMessageOf } from '@parley/service-kit';

import { encodeFrame } from '../transport/frames.ts';
import type { ConversationFeed, ConversationLog } from './conversation-feed.ts';
import { withoutQuote } from './hidden-messages.ts';

/** Takes a person's sockets out of a conversation they are no longer in. */
export type Evict = (feed: ConversationFeed, userId: UserId) => void;

interface RoleHolder {
  readonly userId: UserId;
  readonly role: Role;
}

type Row<Event> = (
  event: RecordedEvent<Event extends ConversationLog ? Event : never>,
  feed: ConversationFeed,
  evict: Evict,
) => void;

/** Whenever this is stored, that is said, and to whom. One row per event; each is encoded once per gateway. */
const rows: { readonly [T in ConversationLog['type']]: Row<Extract<ConversationLog, { type: T }>> } = {
  // The members hear of it through their own logs, which brings their sockets here in the first place.
  'conversation.started': () => undefined,

  'message.sent': (event, feed) => {
    saySent(event.data.clientMessageId, sentMessageView(event), feed);
  },

  'message.edited': (event, feed) => {
    sayToAll(feed, 'message_edited', { ...changeOf(event), content: event.data.content, editedAt: event.at });
  },

  'message.deleted': (event, feed) => {
    sayToAll(feed, 'message_deleted', { ...changeOf(event), scope: 'everyone', deletedBy: event.actorId });
  },

  'message.reaction-added': (event, feed) => sayReaction(event, feed, 'added'),
  'message.reaction-removed': (event, feed) => sayReaction(event, feed, 'removed'),

  'message.pinned': (event, feed) => {
    sayToAll(feed, 'message_pinned', { ...changeOf(event), ...pinOf(event), isPinned: true });
  },
  'message.unpinned': (event, feed) => {
    sayToAll(feed, 'message_pinned', { ...changeOf(event), ...pinOf(event), isPinned: false });
  },

  'conversation.members-added': (event, feed) => {
    const { members, addedBy } = event.data;
    sayToAll(feed, 'user_joined_conversation', {
      ...toldOf(event),
      members,
      addedBy,
    });
  },

  'conversation.member-joined': (event, feed) => {
    const { userId } = event.data;
    sayToAll(feed, 'user_joined_conversation', {
      ...toldOf(event),
      members: [{ userId, role: 'member' }],
      addedBy: userId,
    });
  },

  'conversation.role-changed': (event, feed) => {
    const { userId, role } = event.data;
    sayRoles(event, feed, [{ userId, role }]);
  },

  'conversation.ownership-transferred': (event, feed) => {
    const { from, to } = event.data;
    sayRoles(event, feed, [
      { userId: to, role: 'owner' },
      { userId: from, role: 'admin' },
    ]);
  },

  'conversation.updated': (event, feed) => sayUpdated(event, feed, event.data),
  'conversation.settings-changed': (event, feed) =>
    sayUpdated(event, feed, { settings: event.data.settings }),

  'conversation.dissolved': (event, feed, evict) => {
    const { conversationId, memberIds } = event.data;
    sayToAll(feed, 'conversation_removed', { conversationId, seq: event.seq ?? 0, reason: 'dissolved' });
    for (const userId of memberIds) evict(feed, userId);
  },

  // Told without a word, because each has a number that nobody should miss.
  'conversation.invite-created': (event, feed) => sayUpdated(event, feed),
  'conversation.invite-revoked': (event, feed) => sayUpdated(event, feed),
  'conversation.person-blocked': (event, feed) => sayUpdated(event, feed),
  'conversation.person-unblocked': (event, feed) => sayUpdated(event, feed),

  'conversation.member-removed': (event, feed, evict) => {
    const { userId, removedBy } = event.data;
    sayGone(event, feed, { userId, removedBy });
    evict(feed, userId);
  },

  'conversation.member-left': (event, feed, evict) => {
    sayGone(event, feed, { userId: event.data.userId, removedBy: null });
    evict(feed, event.data.userId);
  },

  'message.positions-advanced': (event, feed) => {
    for (const position of event.data.positions) sayRead(feed, event.data.conversationId, position);
  },

  'message.deliveries-advanced': ({ data: { conversationId, positions } }, feed) => {
    const updates = positions.map(({ userId, upToSeq, deliveredAt }) => ({ userId, upToSeq, deliveredAt }));
    const [first, ...others] = updates;
    const frame = encodeFrame('delivery_updates', { conversationId, updates });
    for (const [listenerId, sessions] of feed.listeners) {
      // Whose own device it came to has no tick to draw.
      if (others.length === 0 && first?.userId === listenerId) continue;
      for (const session of sessions) session.push(frame);
    }
  },
};

/** Says one event of a conversation to the members who listen here, in the order of the log. */
export function deliverToSockets(
  event: RecordedEvent<ConversationLog>,
  feed: ConversationFeed,
  evict: Evict,
): void {
  // TypeScript cannot see that table[event.type] accepts event. A newer writer's event may have no row here.
  const row = rows[event.type] as Row<ConversationLog> | undefined;
  row?.(event, feed, evict);
}

/** Which message was changed, and by which number: never what it said before. */
function changeOf({ data, seq, at }: RecordedEvent<MessageChanged>) {
  const { conversationId, messageId, messageSeq } = data;
  return { conversationId, messageId, messageSeq, seq: seq ?? 0, at };
}

function pinOf(event: RecordedEvent<PinChanged>) {
  return { ...changeOf(event), ...toldOf(event), pinnedBy: event.actorId };
}

/** Which conversation, by which number, and the line that its history has of it. */
function toldOf(event: RecordedEvent<ConversationEvent | PinChanged>) {
  const { data, seq = 0, at } = event;
  const systemMessage = systemMessageOf(event);
  return { conversationId: data.conversationId, seq, at, ...(systemMessage ? { systemMessage } : {}) };
}

function sayReaction(
  event: RecordedEvent<MessageReacted>,
  feed: ConversationFeed,
  action: 'added' | 'removed',
): void {
  const { emoji, count } = event.data;
  const said = { ...changeOf(event), userId: event.actorId, emoji, action, count };
  sayToAll(feed, 'message_reaction_updated', said);
}

function sayToAll<Name extends ServerEventName>(
  feed: ConversationFeed,
  name: Name,
  payload: ServerEventOf<Name>,
): void {
  if (feed.listeners.size === 0) return;
  const frame = encodeFrame(name, payload);
  for (const sessions of feed.listeners.values()) for (const session of sessions) session.push(frame);
}

/** Who has deleted the message for themselves that is answered gets the answer without its words. */
function saySent(clientMessageId: string, message: MessageView, feed: ConversationFeed): void {
  if (message.replyTo === null) return sayToAll(feed, 'new_message', { message, clientMessageId });
  const quoting = encodeFrame('new_message', { message, clientMessageId });
  const without = encodeFrame('new_message', { message: withoutQuote(message), clientMessageId });
  for (const [userId, sessions] of feed.listeners) {
    const frame = feed.hidesQuote(message, userId) ? without : quoting;
    for (const session of sessions) session.push(frame);
  }
}

function sayRoles(
  event: RecordedEvent<ConversationEvent>,
  feed: ConversationFeed,
  members: readonly [RoleHolder, ...RoleHolder[]],
): void {
  sayToAll(feed, 'member_role_changed', {
    ...toldOf(event),
    ...members[0],
    changedBy: event.actorId,
    members: [...members],
  });
}

function sayUpdated(
  event: RecordedEvent<ConversationEvent>,
  feed: ConversationFeed,
  changes?: Omit<Partial<ServerEventOf<'conversation_updated'>>, 'seq' | 'at'>,
): void {
  sayToAll(feed, 'conversation_updated', {
    ...changes,
    ...toldOf(event),
    updatedBy: changes === undefined ? null : event.actorId,
  });
}

function sayGone(
  event: RecordedEvent<ConversationEvent>,
  feed: ConversationFeed,
  gone: { readonly userId: UserId; readonly removedBy: UserId | null },
): void {
  const told = toldOf(event);
  const toOthers = encodeFrame('user_left_conversation', { ...told, ...gone });
  const toThem = encodeFrame('conversation_removed', {
    conversationId: told.conversationId,
    seq: told.seq,
    reason: gone.removedBy ? 'removed' : 'left',
  });
  for (const [userId, sessions] of feed.listeners) {
    const frame = userId === gone.userId ? toThem : toOthers;
    for (const session of sessions) session.push(frame);
  }
}

function sayRead(
  feed: ConversationFeed,
  conversationId: ConversationFeed['conversationId'],
  { userId, deviceId, upToSeq, readAt, private: isPrivate }: ReadPosition,
): void {
  const toOthers = encodeFrame('messages_read', { conversationId, userId, upToSeq, readAt });
  const toOwn = encodeFrame('sync_read_status', { conversationId, upToSeq, syncedFrom: deviceId ?? null });
  for (const [listenerId, sessions] of feed.listeners) {
    for (const session of sessions) {
      if (listenerId === userId) {
        if (session.identity.deviceId !== deviceId) session.push(toOwn);
      } else if (isPrivate !== true) {
        session.push(toOthers);
      }
    }
  }
}
