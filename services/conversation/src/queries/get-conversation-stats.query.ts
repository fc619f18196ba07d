import type { ConversationCounts, ConversationStats, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';
import {
  isArchived,
  isMarkedUnread,
  isMuted,
  isPinned,
  mentionCount,
  ownConversations,
  unreadAfterSeq,
  unreadCount,
} from './own-conversations.ts';

/** What conversations are sorted by here; `all` is every one of them. */
const sorts = {
  all: sql`true`,
  direct: sql`kind = 'direct'`,
  group: sql`kind = 'group'`,
  unread: sql`is_marked_unread or unread > 0`,
  archived: sql`is_archived`,
  muted: sql`is_muted`,
  pinned: sql`is_pinned`,
} as const;
type Sort = keyof typeof sorts;

const ofOwn = {
  conversationId: sql`own.conversation_id`,
  seq: unreadAfterSeq,
  lastSeq: sql<number>`conversation.last_seq`,
};

/**
 * A person's conversations, counted: all, by kind and by state. The same numbers as the list shows, summed. They are
 * materialized, or each of the sums would count every conversation again.
 */
export async function getConversationStats(
  db: Kysely<ConversationDb>,
  { userId }: { readonly userId: UserId },
): Promise<ConversationStats> {
  const counts = Object.entries(sorts).map(
    ([sort, isOfSort]) => sql`json_build_object(
      'conversations', count(*) filter (where ${isOfSort}),
      'unread', coalesce(sum(unread) filter (where ${isOfSort}), 0),
      'mentions', coalesce(sum(mentions) filter (where ${isOfSort}), 0)
    ) as ${sql.ref(sort)}`,
  );
  const { rows } = await sql<Record<Sort, ConversationCounts>>`
    with counted as materialized (
      select conversation.kind, ${isArchived} as is_archived, ${isMuted} as is_muted, ${isPinned} as is_pinned,
        ${isMarkedUnread} as is_marked_unread,
        (${unreadCount(userId, ofOwn)}) as unread, (${mentionCount(userId, ofOwn)}) as mentions
      from ${ownConversations(userId)}
    )
    select ${sql.join(counts)} from counted`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a count without a group is always one row');
  const { all, direct, group, ...byState } = row;
  return { ...all, byKind: { direct, group }, byState };
}
