import type { ConversationId, UserId } from '@parley/contracts';
import { type RawBuilder, sql } from 'kysely';

import { activeMinuteOf } from '../storage/active-minute.ts';
import {
  isArchived,
  isMarkedUnread,
  isPinned,
  ownConversations,
  unreadAfterSeq,
} from './own-conversations.ts';

/*
 * Which of a person's conversations a list is made of, with the columns that it is sorted by and shown with.
 */

/** A place in the list, which is ordered by pin, last activity and, within one millisecond, by id. */
export interface ConversationPlace {
  readonly isPinned: boolean;
  readonly lastActivityAtMs: number;
  readonly conversationId: ConversationId;
}

const columns = sql`
  own.conversation_id, own.role, own.read_up_to_seq, ${unreadAfterSeq} as unread_after_seq,
  conversation.last_activity_at, conversation.last_seq, ${isPinned} as is_pinned,
  ${isArchived} as is_archived, ${isMarkedUnread} as is_marked_unread,
  case when kept.muted_until > now() then kept.muted_until end as muted_until,
  kept.draft_seq, coalesce(kept.version, 0) as version`;

/** All that fit a condition on `own`, `conversation` and `kept`. */
export function everyOwn(userId: UserId, where: RawBuilder<boolean>): RawBuilder<unknown> {
  return sql`select ${columns} from ${ownConversations(userId)} and ${where}`;
}

/**
 * As many as a page after a place may show, and few more: the pinned ones, and of the others those of the latest
 * minutes. The last minute is taken whole, because the order within it is not the index's to say. What is set aside is
 * said as what there is not: a planner who had to guess how many that leaves would rather read them all.
 */
export function latestOwn(
  userId: UserId,
  {
    isSetAside,
    where = sql<boolean>`true`,
    after,
    limit,
  }: {
    /** Which ones the list leaves out, by what `kept` says. */
    readonly isSetAside: RawBuilder<boolean>;
    /** What the others have to be. It should be true of many: all that are later than the last of the page are asked. */
    readonly where?: RawBuilder<boolean> | undefined;
    readonly after: ConversationPlace | undefined;
    readonly limit: number;
  },
): RawBuilder<unknown> {
  const follows = after === undefined ? sql<boolean>`true` : liesBehind(after);
  const isInTime =
    after === undefined || after.isPinned
      ? sql<boolean>`true`
      : sql<boolean>`own.active_minute <= ${activeMinuteOf(after.lastActivityAtMs)}`;
  return sql`
    (select ${columns} from ${ownConversations(userId)}
      and kept.pinned_at is not null and not ${isSetAside} and ${follows} and ${where})
    union all
    (select ${columns} from ${ownConversations(userId)} and ${isInTime} and ${follows}
      and not exists (
        select from own_view as kept
        where kept.user_id = ${userId} and kept.conversation_id = own.conversation_id
          and (kept.pinned_at is not null or ${isSetAside})
      ) and ${where}
      order by own.active_minute desc fetch first ${limit} rows with ties)`;
}

/** Whether a row of the result lies behind a place. */
export function comesAfter({ isPinned: pinned, lastActivityAtMs, conversationId }: ConversationPlace) {
  return sql<boolean>`(is_pinned, last_activity_at, conversation_id)
    < (${pinned}, ${new Date(lastActivityAtMs)}, ${conversationId})`;
}

function liesBehind({ isPinned: pinned, lastActivityAtMs, conversationId }: ConversationPlace) {
  return sql<boolean>`(${isPinned}, conversation.last_activity_at, own.conversation_id)
    < (${pinned}, ${new Date(lastActivityAtMs)}, ${conversationId})`;
}
