import type { ConversationView as ListedConversation } from '@parley/contracts';

import type { Connection } from './connection.ts';
import type { ConversationState } from './conversation-state.ts';
import type { MessageChange } from './message-change.ts';
import type { NumberedEvent } from './numbered-event.ts';

/** What live events do to the conversations of one person. */
export interface LiveEventTaker {
  readonly myId: () => string;
  /** Takes what has a number into its place, also in a conversation that is not known yet. */
  readonly takeEvent: (conversationId: string, event: NumberedEvent) => void;
  /** Changes a conversation that is known; `change` says whether there was news in it. */
  readonly touch: (conversationId: string, change: (state: ConversationState) => boolean) => void;
  readonly take: (listed: ListedConversation) => void;
  readonly remove: (conversationId: string) => void;
  /** Asks for what was missed, in one conversation or in all. */
  readonly resync: (conversationId: string | undefined) => void;
}

/** Says of each event of the socket what follows from it. */
export function hearLiveEvents(connection: Pick<Connection, 'on'>, to: LiveEventTaker): void {
  hearMessages(connection, to);
  hearMembers(connection, to);
  hearPositions(connection, to);
  hearOwnView(connection, to);
  connection.on('resync_required', ({ conversationId }) => to.resync(conversationId));
}

function hearMessages(connection: Pick<Connection, 'on'>, to: LiveEventTaker): void {
  const takeChange = (change: MessageChange) => {
    const { conversationId, seq } = change.event;
    to.takeEvent(conversationId, { kind: 'changed', seq, change });
  };
  connection.on('new_message', ({ message }) => {
    to.takeEvent(message.conversationId, { kind: 'message', seq: message.seq, message });
    // Who answers has read.
    if (message.senderId === to.myId()) to.touch(message.conversationId, ({ kept }) => kept.read());
  });
  connection.on('message_edited', (event) => takeChange({ type: 'edited', event }));
  connection.on('message_reaction_updated', (event) =>
    takeChange({ type: 'reacted', event, isOwn: event.userId === to.myId() }),
  );
  connection.on('message_pinned', (event) => takeChange({ type: 'pinned', event }));
  connection.on('message_deleted', (event) => {
    if (event.scope === 'everyone') takeChange({ type: 'deleted', event });
    else to.touch(event.conversationId, (state) => state.hide(event.messageId));
  });
}

function hearMembers(connection: Pick<Connection, 'on'>, to: LiveEventTaker): void {
  connection.on('user_joined_conversation', (joined) =>
    to.takeEvent(joined.conversationId, { kind: 'joined', seq: joined.seq, joined }),
  );
  connection.on('user_left_conversation', (left) => {
    if (left.userId === to.myId()) to.remove(left.conversationId);
    else to.takeEvent(left.conversationId, { kind: 'left', seq: left.seq, left });
  });
  connection.on('member_role_changed', (changed) =>
    to.takeEvent(changed.conversationId, { kind: 'role', seq: changed.seq, changed }),
  );
  connection.on('conversation_updated', (updated) =>
    to.takeEvent(updated.conversationId, { kind: 'updated', seq: updated.seq, updated }),
  );
  connection.on('new_conversation', ({ conversation }) => to.take(conversation));
  connection.on('conversation_removed', ({ conversationId }) => to.remove(conversationId));
}

function hearPositions(connection: Pick<Connection, 'on'>, to: LiveEventTaker): void {
  connection.on('messages_read', ({ conversationId, userId, upToSeq }) =>
    to.touch(conversationId, (state) => state.takeRead(userId, upToSeq)),
  );
  connection.on('delivery_updates', ({ conversationId, updates }) =>
    to.touch(
      conversationId,
      (state) => updates.filter(({ userId, upToSeq }) => state.takeDelivered(userId, upToSeq)).length > 0,
    ),
  );
  connection.on('sync_read_status', ({ conversationId, upToSeq }) =>
    to.touch(conversationId, (state) => {
      const wasMarked = state.kept.read();
      return state.takeRead(to.myId(), upToSeq) || wasMarked;
    }),
  );
}

function hearOwnView(connection: Pick<Connection, 'on'>, to: LiveEventTaker): void {
  connection.on('conversation_preferences_updated', (changed) =>
    to.touch(changed.conversationId, ({ kept }) => kept.change(changed)),
  );
  connection.on('draft_updated', ({ conversationId, draft, ownViewVersion }) =>
    to.touch(conversationId, ({ kept }) => kept.change({ draft, ownViewVersion })),
  );
}
