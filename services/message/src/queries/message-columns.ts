import {
  type ClientMessageId,
  type ConversationId,
  type ForwardOrigin,
  type Mention,
  type MessageId,
  type MessageView,
  type Quote,
  type ReactionCount,
  type SentContent,
  type Timestamp,
  type UserId,
  sortedReactions,
} from '@parley/contracts';
import { type RawBuilder, sql } from 'kysely';

/** The columns of a {@link MessageRow}, for any query that reads `message`, as one person sees them. */
export function messageColumns(viewerId: UserId): RawBuilder<unknown> {
  return sql`
  message.message_id as "messageId", message.conversation_id as "conversationId", message.seq,
  message.sender_id as "senderId", message.client_message_id as "clientMessageId", message.content,
  message.sent_at as "sentAt", message.changed_seq as "changedSeq", message.edited_at as "editedAt",
  message.deleted_at as "deletedAt", message.deleted_by as "deletedBy", message.reply_to as "replyTo",
  message.forwarded_from as "forwardedFrom", message.mentions,
  exists (
    select from pin where pin.conversation_id = message.conversation_id and pin.message_seq = message.seq
  ) as "isPinned",
  (
    select json_agg(json_build_object('emoji', emoji, 'count', count, 'own', own))
    from (
      select emoji, count(*), bool_or(user_id = ${viewerId}) as own from reaction
      where reaction.conversation_id = message.conversation_id and reaction.message_seq = message.seq
      group by emoji
    ) as counted
  ) as reactions`;
}

/** Whether a person has not deleted a message for themselves; `row` has its place: `message`, unless told. */
export function isShownTo(
  viewerId: UserId,
  row: { readonly table: string; readonly seq: string } = { table: 'message', seq: 'seq' },
): RawBuilder<boolean> {
  return sql<boolean>`not exists (
    select from hidden_message as hidden
    where hidden.user_id = ${viewerId} and hidden.conversation_id = ${sql.ref(`${row.table}.conversation_id`)}
      and hidden.message_seq = ${sql.ref(`${row.table}.${row.seq}`)}
  )`;
}

export interface MessageRow {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly seq: number;
  readonly senderId: UserId;
  readonly clientMessageId: ClientMessageId;
  readonly content: SentContent | null;
  readonly sentAt: Date;
  readonly changedSeq: number;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
  readonly deletedBy: UserId | null;
  readonly isPinned: boolean;
  readonly reactions: ReactionCount[] | null;
  readonly replyTo: Quote | null;
  readonly forwardedFrom: ForwardOrigin | null;
  readonly mentions: Mention[];
}

export function messageViewOf(row: MessageRow): MessageView {
  return {
    ...row,
    sentAt: timestampOf(row.sentAt),
    isEdited: row.editedAt !== null,
    editedAt: row.editedAt && timestampOf(row.editedAt),
    deletedAt: row.deletedAt && timestampOf(row.deletedAt),
    reactions: sortedReactions(row.reactions ?? []),
  };
}

export function timestampOf(date: Date): Timestamp {
  return date.toISOString() as Timestamp;
}
