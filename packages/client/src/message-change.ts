import { mentionsIn, type MessageView, type ServerEventOf, sortedReactions } from '@parley/contracts';

type Deleted = ServerEventOf<'message_deleted'>;
export type DeletedForEveryone = Extract<Deleted, { readonly scope: 'everyone' }>;

/** What was done to a message after it was sent, as everybody who is there hears it. */
export type MessageChange =
  | { readonly type: 'edited'; readonly event: ServerEventOf<'message_edited'> }
  | {
      readonly type: 'reacted';
      readonly event: ServerEventOf<'message_reaction_updated'>;
      readonly isOwn: boolean;
    }
  | { readonly type: 'pinned'; readonly event: ServerEventOf<'message_pinned'> }
  | { readonly type: 'deleted'; readonly event: DeletedForEveryone };

/** A message after a change; as it is where it has that change already, or it is another's. */
export function withChange(message: MessageView, change: MessageChange): MessageView {
  const { messageId, seq } = change.event;
  if (change.type === 'deleted' && message.replyTo?.messageId === messageId) {
    // No number of its own: what was quoted is gone wherever it was quoted.
    return { ...message, replyTo: { ...message.replyTo, preview: null } };
  }
  if (message.messageId !== messageId || message.changedSeq >= seq) return message;
  return { ...changed(message, change), changedSeq: seq };
}

function changed(message: MessageView, change: MessageChange): MessageView {
  // TypeScript cannot see that table[change.type] accepts change.
  const row = rows[change.type] as (message: MessageView, change: MessageChange) => MessageView;
  return row(message, change);
}

const rows: {
  readonly [T in MessageChange['type']]: (
    message: MessageView,
    change: Extract<MessageChange, { type: T }>,
  ) => MessageView;
} = {
  edited: (message, { event: { content, editedAt } }) => ({
    ...message,
    content,
    mentions: mentionsIn(content),
    isEdited: true,
    editedAt,
  }),
  reacted: (message, { event: { emoji, count, action }, isOwn }) => {
    const before = message.reactions.find((reaction) => reaction.emoji === emoji);
    const own = isOwn ? action === 'added' : (before?.own ?? false);
    const others = message.reactions.filter((reaction) => reaction.emoji !== emoji);
    return {
      ...message,
      reactions: sortedReactions(count > 0 ? [...others, { emoji, count, own }] : others),
    };
  },
  pinned: (message, { event: { isPinned } }) => ({ ...message, isPinned }),
  deleted: (message, { event: { at: deletedAt, deletedBy } }) => {
    const replyTo = message.replyTo && { ...message.replyTo, preview: null };
    const nothing = { content: null, replyTo, forwardedFrom: null, mentions: [] };
    const untouched = { isEdited: false, editedAt: null, reactions: [], isPinned: false };
    return { ...message, ...nothing, ...untouched, deletedAt, deletedBy };
  },
};
