import {
  type ConversationId,
  type ConversationKind,
  type ConversationView,
  defaultSettings,
  type FileId,
  type MemberView,
  type MessagePreview,
  type MutedUntil,
  type Role,
  type SavedDraft,
  type SettingsChange,
  timestampOf,
  type UserId,
  withSettings,
} from '@parley/contracts';
import { type Kysely, type RawBuilder, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';
import { mentionCount, unreadCount } from './own-conversations.ts';

/** How many of the others a list shows by name; the person themselves comes after them. */
const FACE_COUNT_MAX = 5;

interface ConversationRow {
  readonly conversationId: ConversationId;
  readonly kind: ConversationKind;
  readonly name: string | null;
  readonly description: string | null;
  readonly avatarFileId: FileId | null;
  readonly settings: SettingsChange;
  readonly isBlocked: boolean;
  readonly createdAt: Date;
  readonly createdBy: UserId;
  readonly ownRole: Role;
  readonly lastSeq: number;
  readonly lastActivityAt: Date;
  readonly lastMessage: MessagePreview | null;
  readonly readUpToSeq: number;
  readonly unreadCount: number;
  readonly mentionCount: number;
  readonly memberCount: number;
  readonly isArchived: boolean;
  /** Infinity for ever. */
  readonly mutedUntil: Date | number | null;
  readonly isPinned: boolean;
  readonly isMarkedUnread: boolean;
  readonly draft: SavedDraft | null;
  readonly ownViewVersion: number;
  readonly members: readonly (Omit<MemberView, 'joinedAt'> & { readonly joinedAt: string })[];
}

/** A page without rows still says how many there are in all. */
type PageRow = { readonly total: number | null } & (ConversationRow | { readonly conversationId: null });

const ofPage = {
  conversationId: sql`page.conversation_id`,
  seq: sql<number>`page.unread_after_seq`,
  lastSeq: sql<number>`page.last_seq`,
};

export interface AskedViews {
  readonly userId: UserId;
  /** Which conversations, those of the page at least: a query of `matching-conversations`. */
  readonly matching: RawBuilder<unknown>;
  /** How many there are on all pages, or nothing, where that is not how many match. */
  readonly counted?: RawBuilder<unknown>;
  /** Which of them: may speak of the columns by which they are sorted. */
  readonly after?: RawBuilder<boolean>;
  readonly limit: number;
}

/**
 * Conversations as one of their members sees them, the pinned ones first, then the latest activity, and how many
 * there are on all pages. Who is not a member gets no row.
 */
export async function selectConversationViews(
  db: Kysely<ConversationDb>,
  { userId, matching, after = sql<boolean>`true`, limit, counted }: AskedViews,
): Promise<{ readonly views: ConversationView[]; readonly total: number | null }> {
  const { rows } = await sql<PageRow>`
    with matching as materialized (${matching}), page as (
      select * from matching where ${after}
      order by is_pinned desc, last_activity_at desc, conversation_id desc
      limit ${limit}
    )
    select totals.total, shown.* from (${counted ?? sql`select count(*) as total from matching`}) as totals
    left join (
      select page.conversation_id as "conversationId", conversation.kind, conversation.name,
        conversation.description, conversation.avatar_file_id as "avatarFileId", conversation.settings,
        exists (
          select 1 from block where block.conversation_id = page.conversation_id and block.blocker_id = ${userId}
        ) as "isBlocked",
        conversation.created_at as "createdAt", conversation.created_by as "createdBy",
        page.role as "ownRole", page.last_seq as "lastSeq", page.last_activity_at as "lastActivityAt",
        ${lastMessageFor(userId)} as "lastMessage", page.read_up_to_seq as "readUpToSeq",
        page.is_pinned as "isPinned", page.is_archived as "isArchived", page.is_marked_unread as "isMarkedUnread",
        page.muted_until as "mutedUntil", page.version as "ownViewVersion", drafted.draft,
        unread.count as "unreadCount", mentions.count as "mentionCount", everyone.count as "memberCount",
        faces.members
      from page
      join conversation on conversation.conversation_id = page.conversation_id
      cross join lateral (${unreadCount(userId, ofPage)}) as unread
      cross join lateral (${mentionCount(userId, ofPage)}) as mentions
      cross join lateral (
        select count(*) from member where member.conversation_id = page.conversation_id
      ) as everyone
      cross join lateral (${facesOf(userId)}) as faces
      left join lateral (${draftOf(userId)}) as drafted on page.draft_seq is not null
    ) as shown on true
    order by shown."isPinned" desc, shown."lastActivityAt" desc, shown."conversationId" desc`.execute(db);
  const views = rows.flatMap((row) => (row.conversationId === null ? [] : [viewOf(row)]));
  return { views, total: rows[0]?.total ?? null };
}

/**
 * Nothing where the person has deleted it for themselves: the one before it is not kept here, see `show-previews`. Nor
 * does it quote what they have deleted.
 */
function lastMessageFor(userId: UserId): RawBuilder<unknown> {
  const isHidden = (seq: RawBuilder<unknown>) => sql`exists (
    select from hidden_message as hidden
    where hidden.user_id = ${userId} and hidden.conversation_id = conversation.conversation_id
      and hidden.seq = (${seq})::bigint
  )`;
  return sql`
    case
      when ${isHidden(sql`conversation.last_message ->> 'seq'`)} then null
      when ${isHidden(sql`conversation.last_message -> 'replyTo' ->> 'seq'`)}
        then jsonb_set(conversation.last_message, '{replyTo,preview}', 'null')
      else conversation.last_message
    end`;
}

/** The first few of the others, by name, and oneself. */
function facesOf(userId: UserId): RawBuilder<unknown> {
  return sql`
    select json_agg(json_build_object(
      'userId', face.user_id, 'role', face.role, 'joinedAt', face.joined_at, 'joinedSeq', face.joined_seq,
      'username', coalesce(person.username, face.user_id),
      'displayName', coalesce(person.display_name, face.user_id)
    ) order by face.user_id = ${userId}, face.joined_seq, face.user_id) as members
    from (
      (select * from member
        where member.conversation_id = page.conversation_id and member.user_id <> ${userId}
        order by member.joined_seq, member.user_id limit ${FACE_COUNT_MAX})
      union all
      (select * from member
        where member.conversation_id = page.conversation_id and member.user_id = ${userId})
    ) as face
    left join person on person.user_id = face.user_id`;
}

/** What was written before the person's last message here has become it, or has been thought better of. */
function draftOf(userId: UserId): RawBuilder<unknown> {
  return sql`
    select kept.draft from own_view as kept
    where kept.user_id = ${userId} and kept.conversation_id = page.conversation_id and not exists (
      select 1 from conversation_message as message
      where message.conversation_id = page.conversation_id
        and message.seq > page.draft_seq and message.sender_id = ${userId}
    )`;
}

function viewOf(found: ConversationRow & { readonly total: number | null }): ConversationView {
  const { total: _, ...row } = found;
  return {
    ...row,
    settings: withSettings(defaultSettings, row.settings),
    createdAt: timestampOf(row.createdAt.getTime()),
    members: row.members.map((member) => ({
      ...member,
      joinedAt: timestampOf(Date.parse(member.joinedAt)),
    })),
    lastActivityAt: timestampOf(row.lastActivityAt.getTime()),
    mutedUntil: mutedUntilOf(row.mutedUntil),
  };
}

function mutedUntilOf(mutedUntil: Date | number | null): MutedUntil | null {
  if (mutedUntil === null) return null;
  return mutedUntil instanceof Date ? timestampOf(mutedUntil.getTime()) : 'forever';
}
