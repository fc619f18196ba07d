import {
  type ClientMessageId,
  type ConversationId,
  type ForwardOrigin,
  type Mention,
  type MessageContent,
  type MessageId,
  type MessageView,
  type Quote,
  type ReactionCount,
  type Timestamp,
  type UserId,
  mentionsIn,
  sortedReactions,
} from '@parley/contracts';
import { type RawBuilder, sql } from 'kysely';

/**
 * The columns of a {@link MessageRow}, for any query that reads `message`, as it is now. For rules and for members;
 * what others read is {@link readMessageColumns}.
 */
export function messageColumns(viewerId: UserId): RawBuilder<unknown> {
  return columnsOf(viewerId, {
    content: sql`message.content`,
    mentions: sql`message.mentions`,
    changedSeq: sql`message.changed_seq`,
    editedAt: sql`message.edited_at`,
    upToSeq: sql`${sql.lit(Number.MAX_SAFE_INTEGER)}`,
  });
}

/**
 * The same as the `reader` of a query may see it. To who has gone a message says what it said when they went: later
 * words, reactions and pins are not theirs. What was deleted since is gone for them too.
 */
export function readMessageColumns(viewerId: UserId): RawBuilder<unknown> {
  const isLater = sql`message.edited_at is not null and reader.left_seq is not null`;
  return columnsOf(viewerId, {
    content: sql`case when ${isLater} then ${versionThen('content')} else message.content end`,
    // Whom the words of then call is in them.
    mentions: sql`case when ${isLater} then null else message.mentions end`,
    changedSeq: sql`least(message.changed_seq, reader.up_to_seq)`,
    editedAt: sql`case when ${isLater} then ${versionThen('written_at', sql`and version.version_seq > message.seq`)} else message.edited_at end`,
    upToSeq: sql`reader.up_to_seq`,
  });
}

/** Of an edited message: what it said when its reader went. */
function versionThen(column: 'content' | 'written_at', condition = sql``): RawBuilder<unknown> {
  return sql`(
    select version.${sql.ref(column)} from message_version as version
    where version.conversation_id = message.conversation_id and version.message_seq = message.seq
      and version.version_seq <= reader.up_to_seq ${condition}
    order by version.version_seq desc limit 1
  )`;
}

interface AsOf {
  readonly content: RawBuilder<unknown>;
  readonly mentions: RawBuilder<unknown>;
  readonly changedSeq: RawBuilder<unknown>;
  readonly editedAt: RawBuilder<unknown>;
  readonly upToSeq: RawBuilder<unknown>;
}

function columnsOf(
  viewerId: UserId,
  { content, mentions, changedSeq, editedAt, upToSeq }: AsOf,
): RawBuilder<unknown> {
  return sql`
  message.message_id as "messageId", message.conversation_id as "conversationId", message.seq,
  message.sender_id as "senderId", message.client_message_id as "clientMessageId", ${content} as content,
  message.sent_at as "sentAt", ${changedSeq} as "changedSeq", ${editedAt} as "editedAt",
  message.deleted_at as "deletedAt", message.deleted_by as "deletedBy", ${quoteFor(viewerId)} as "replyTo",
  message.forwarded_from as "forwardedFrom", ${mentions} as mentions,
  exists (
    select from pin where pin.conversation_id = message.conversation_id and pin.message_seq = message.seq
      and pin.pinned_seq <= ${upToSeq}
  ) as "isPinned",
  (
    select json_agg(json_build_object('emoji', emoji, 'count', count, 'own', own))
    from (
      select emoji, count(*), bool_or(user_id = ${viewerId}) as own from reaction
      where reaction.conversation_id = message.conversation_id and reaction.message_seq = message.seq
        and reaction.reacted_seq <= ${upToSeq}
      group by emoji
    ) as counted
  ) as reactions`;
}

/** The message that is answered; without its words where the viewer has deleted it for themselves. */
function quoteFor(viewerId: UserId): RawBuilder<unknown> {
  return sql`
    case when exists (
      select from hidden_message as hidden
      where hidden.user_id = ${viewerId} and hidden.conversation_id = message.conversation_id
        and hidden.message_seq = (message.reply_to ->> 'seq')::bigint
    ) then jsonb_set(message.reply_to, '{preview}', 'null') else message.reply_to end`;
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
  readonly content: MessageContent | null;
  readonly sentAt: Date;
  readonly changedSeq: number;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
  readonly deletedBy: UserId | null;
  readonly isPinned: boolean;
  readonly reactions: ReactionCount[] | null;
  readonly replyTo: Quote | null;
  readonly forwardedFrom: ForwardOrigin | null;
  readonly mentions: Mention[] | null;
}

export function messageViewOf(row: MessageRow): MessageView {
  return {
    ...row,
    sentAt: timestampOf(row.sentAt),
    isEdited: row.editedAt !== null,
    editedAt: row.editedAt && timestampOf(row.editedAt),
    deletedAt: row.deletedAt && timestampOf(row.deletedAt),
    mentions: row.mentions ?? (row.content ? mentionsIn(row.content) : []),
    reactions: sortedReactions(row.reactions ?? []),
  };
}

export function timestampOf(date: Date): Timestamp {
  return date.toISOString() as Timestamp;
}
