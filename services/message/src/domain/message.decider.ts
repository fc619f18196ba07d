import {
  applyMembership,
  type ConversationEvent,
  type MessageChanged,
  type MessageEvent,
  type MessageReacted,
  type RecordedEvent,
} from '@parley/contracts';
import type { Decider } from '@parley/event-sourcing';

import { decideChanges } from './decide-changes.ts';
import type { DecidedCommandContract } from './decided-commands.ts';
import { fingerprint } from './fingerprint.ts';
import { type MessageState, messageStateSince } from './message-state.ts';
import { addRecentChange, type ChangeKind } from './recent-changes.ts';
import { addRecentSend, recentSendsSince } from './recent-sends.ts';
import { decideForwarding, decideSending } from './sending.ts';

/** The rules of messages. Membership is in the same log, so it is decided by position and not by timing. */
export const message: Decider<
  MessageState,
  DecidedCommandContract,
  MessageEvent,
  MessageEvent | ConversationEvent
> = {
  initialState: messageStateSince(Number.NEGATIVE_INFINITY),

  decide: {
    'message.send': decideSending,
    'message.forward': decideForwarding,
    ...decideChanges,
  },

  evolve: {
    'conversation.started': (state, event) => ({
      ...state,
      membership: applyMembership(state.membership, event),
      // A log that began inside the window is known whole: nothing was sent before.
      recent:
        Date.parse(event.at) >= state.recent.completeSinceMs
          ? recentSendsSince(Number.NEGATIVE_INFINITY)
          : state.recent,
    }),
    'conversation.members-added': foldMembership,
    'conversation.member-joined': foldMembership,
    'conversation.member-removed': foldMembership,
    'conversation.member-left': foldMembership,
    'conversation.role-changed': foldMembership,
    'conversation.ownership-transferred': foldMembership,
    'conversation.updated': foldMembership,
    'conversation.settings-changed': foldMembership,
    'conversation.dissolved': foldMembership,
    'conversation.invite-created': foldMembership,
    'conversation.invite-revoked': foldMembership,
    'conversation.person-blocked': foldMembership,
    'conversation.person-unblocked': foldMembership,
    'message.sent': (state, { data, seq, position, actorId, at }) => ({
      ...state,
      recent: addRecentSend(state.recent, {
        messageId: data.messageId,
        seq: seq ?? 0,
        position,
        senderId: actorId,
        type: data.content.type,
        sentAt: at,
        fingerprint: fingerprint(data.content),
      }),
    }),
    'message.edited': (state, event) =>
      withChange(state, event, { kind: 'edited', fingerprint: fingerprint(event.data.content) }),
    'message.deleted': (state, event) => withChange(state, event, { kind: 'deleted' }),
    'message.reaction-added': (state, event) => withReaction(state, event, true),
    'message.reaction-removed': (state, event) => withReaction(state, event, false),
    'message.pinned': (state, event) => withChange(state, event, { kind: 'pinned', isPinned: true }),
    'message.unpinned': (state, event) => withChange(state, event, { kind: 'pinned', isPinned: false }),
  },
};

function withChange(
  state: MessageState,
  { data: { messageId }, position, at, actorId, causationId: commandId }: RecordedEvent<MessageChanged>,
  what: ChangeKind,
): MessageState {
  const change = { messageId, position, at, actorId, commandId, ...what };
  return { ...state, changes: addRecentChange(state.changes, change) };
}

function withReaction(
  state: MessageState,
  event: RecordedEvent<MessageReacted>,
  isOn: boolean,
): MessageState {
  const { emoji, count } = event.data;
  return withChange(state, event, { kind: 'reacted', emoji, count, isOn });
}

function foldMembership(state: MessageState, event: ConversationEvent): MessageState {
  return { ...state, membership: applyMembership(state.membership, event) };
}
