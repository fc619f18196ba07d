import {
  type ConversationId,
  MEMBERSHIP_PAGE_SIZE_MAX,
  MEMBERSHIP_SHORT_COUNT_MAX,
  type UserId,
} from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

export interface MembershipPage {
  readonly memberships: { readonly conversationId: ConversationId; readonly joinedSeq: number }[];
  readonly hasMore: boolean;
}

/** Which conversations a person is in, by id: what the edge joins when a socket comes. */
export async function listMemberships(
  db: Kysely<ConversationDb>,
  asked: {
    readonly userId: UserId;
    readonly after?: ConversationId | undefined;
    readonly limit?: number;
  },
): Promise<MembershipPage> {
  const { userId, after, limit = MEMBERSHIP_PAGE_SIZE_MAX } = asked;
  const rows = await db
    .selectFrom('member')
    .select(['conversation_id as conversationId', 'joined_seq as joinedSeq'])
    .where('user_id', '=', userId)
    .$if(after !== undefined, (query) => query.where('conversation_id', '>', after as ConversationId))
    .orderBy('conversation_id')
    .limit(limit + 1)
    .execute();
  return {
    memberships: rows.slice(0, limit),
    hasMore: rows.length > limit,
  };
}

/** The same for many people: the first conversations of each, and whether there are more. */
export async function listMembershipsOf(
  db: Kysely<ConversationDb>,
  userIds: readonly UserId[],
): Promise<{ userId: UserId; conversationIds: ConversationId[]; hasMore: boolean }[]> {
  const { rows } = await sql<{ userId: UserId; conversationIds: ConversationId[] }>`
    select person.user_id as "userId", own.ids as "conversationIds"
    from unnest(${userIds}::text[]) as person (user_id)
    cross join lateral (
      select coalesce(array_agg(conversation_id order by conversation_id), '{}') as ids
      from (
        select conversation_id from member
        where member.user_id = person.user_id collate "C"
        order by conversation_id
        limit ${MEMBERSHIP_SHORT_COUNT_MAX + 1}
      ) as listed
    ) as own`.execute(db);
  return rows.map(({ userId, conversationIds }) => ({
    userId,
    conversationIds: conversationIds.slice(0, MEMBERSHIP_SHORT_COUNT_MAX),
    hasMore: conversationIds.length > MEMBERSHIP_SHORT_COUNT_MAX,
  }));
}
