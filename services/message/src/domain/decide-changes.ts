import {
  type CommandMeta,
  EDIT_WINDOW_MS_DEFAULT,
  isMember,
  type Membership,
  type MessageChanged,
  type MessageEvent,
  type MessageId,
  PIN_COUNT_MAX,
  REACTION_EMOJI_COUNT_MAX,
  refusalToSend,
} from '@parley/contracts';
import { accept, type Decider, reject } from '@parley/event-sourcing';

import type { DecidedChangeContract } from './decided-commands.ts';
import { fingerprint } from './fingerprint.ts';
import { type KnownMessage, knownMessage } from './known-message.ts';
import type { MessageState } from './message-state.ts';
import { pinnedNow, positionOfChange } from './recent-changes.ts';
import { mayDeleteFrom, mayPin, refusalToChange } from './rights.ts';
import { refusalOfMentions } from './sending.ts';
import { withWording } from './wording.ts';

/** What may be done to a message that was sent before. To who is not there, there is no such message. */
export const decideChanges: Decider<MessageState, DecidedChangeContract, MessageEvent>['decide'] = {
  'message.edit': (state, { data, meta }) => {
    const refusal = refusalToChange(state.membership, meta.actorId);
    if (refusal !== undefined) return reject(refusal);
    const known = shownMessage(state, { data, meta });
    if (known === undefined) return reject('message-not-found');
    if (known.type === 'system') return reject('system-message');
    if (known.senderId !== meta.actorId) return reject('not-the-author');
    if (refusalToSend(state.membership, meta.actorId) === 'read-only') return reject('read-only');
    if (known.deleted) return reject('message-deleted');
    const content = withWording(known, data.wording);
    if (content === undefined) return reject('not-editable');
    // What it says already needs no second version, and a retry no open window.
    if (known.fingerprint === fingerprint(content)) return accept();
    const called = refusalOfMentions(state, content, meta);
    if (called) return called;
    const ageMs = Date.parse(meta.at) - Date.parse(known.sentAt);
    const windowMs = editWindowMs(state.membership);
    if (ageMs > windowMs) return reject('edit-window', { editWindowMs: windowMs });

    return accept({ type: 'message.edited', data: { ...placeOf(data, known), content } });
  },

  'message.delete': (state, { data, meta }) => {
    const known = shownMessage(state, { data, meta });
    if (known === undefined) return reject('message-not-found');
    if (known.type === 'system') return reject('system-message');
    const isAuthor = known.senderId === meta.actorId;
    if (!isAuthor && !mayDeleteFrom(state.membership, meta.actorId, known.senderId)) {
      return reject('role-too-low');
    }
    if (known.deleted) return accept();

    return accept({ type: 'message.deleted', data: placeOf(data, known) });
  },

  'message.react': (state, { data, meta }) => {
    const refusal = refusalToChange(state.membership, meta.actorId);
    if (refusal !== undefined) return reject(refusal);
    const known = shownMessage(state, { data, meta });
    if (known === undefined) return reject('message-not-found');
    if (known.type === 'system') return reject('system-message');
    if (known.deleted) return reject('message-deleted');
    if (hasReacted(state, meta)) return accept();
    const { emoji } = data;
    const { count, own } = reactionOf(known, emoji);
    const place = placeOf(data, known);
    if (own) return accept({ type: 'message.reaction-removed', data: { ...place, emoji, count: count - 1 } });
    const isOneMore = count === 0 && known.reactions.length >= REACTION_EMOJI_COUNT_MAX;
    if (isOneMore) return reject('too-many-reactions');

    return accept({ type: 'message.reaction-added', data: { ...place, emoji, count: count + 1 } });
  },

  'message.remove-reaction': (state, { data, meta }) => {
    const refusal = refusalToChange(state.membership, meta.actorId);
    if (refusal !== undefined) return reject(refusal);
    const known = shownMessage(state, { data, meta });
    if (known === undefined) return reject('message-not-found');
    if (known.type === 'system') return reject('system-message');
    if (known.deleted) return reject('message-deleted');
    const { emoji } = data;
    const { count, own } = reactionOf(known, emoji);
    if (!own) return accept();

    return accept({
      type: 'message.reaction-removed',
      data: { ...placeOf(data, known), emoji, count: count - 1 },
    });
  },

  'message.pin': (state, { data, meta }) => {
    const refusal = refusalToChange(state.membership, meta.actorId);
    if (refusal !== undefined) return reject(refusal);
    const known = shownMessage(state, { data, meta });
    if (known === undefined) return reject('message-not-found');
    if (known.type === 'system') return reject('system-message');
    if (!mayPin(state.membership, meta.actorId)) return reject('role-too-low');
    if (known.deleted) return reject('message-deleted');
    if (known.isPinned) return accept();
    if (pinnedNow(state.changes, data.pinned).size >= PIN_COUNT_MAX) return reject('too-many-pins');

    return accept({ type: 'message.pinned', data: placeOf(data, known) });
  },

  'message.unpin': (state, { data, meta }) => {
    const refusal = refusalToChange(state.membership, meta.actorId);
    if (refusal !== undefined) return reject(refusal);
    const known = shownMessage(state, { data, meta });
    if (known === undefined) return reject('message-not-found');
    if (known.type === 'system') return reject('system-message');
    if (!mayPin(state.membership, meta.actorId)) return reject('role-too-low');
    if (!known.isPinned) return accept();

    return accept({ type: 'message.unpinned', data: placeOf(data, known) });
  },
};

/** How many have put an emoji on a message, and whether whoever acts is one of them. */
export function reactionOf({ reactions }: KnownMessage, emoji: string): { count: number; own: boolean } {
  return reactions.find((reaction) => reaction.emoji === emoji) ?? { count: 0, own: false };
}

/** Whether this very command was done before, as far back as changes are remembered. */
function hasReacted({ changes }: MessageState, { commandId }: CommandMeta): boolean {
  return positionOfChange(changes, commandId) !== undefined;
}

function editWindowMs(membership: Membership): number {
  return membership.status === 'not-started' ? EDIT_WINDOW_MS_DEFAULT : membership.settings.editWindowMs;
}

function shownMessage(
  state: MessageState,
  {
    data,
    meta: { actorId },
  }: {
    readonly data: { readonly messageId: MessageId; readonly found?: KnownMessage | undefined };
    readonly meta: CommandMeta;
  },
): KnownMessage | undefined {
  if (!isMember(state.membership, actorId)) return undefined;
  return knownMessage(state, { messageId: data.messageId, actorId }, data.found);
}

function placeOf(
  { conversationId, messageId }: Pick<MessageChanged['data'], 'conversationId' | 'messageId'>,
  { seq }: KnownMessage,
) {
  return { conversationId, messageId, messageSeq: seq };
}
