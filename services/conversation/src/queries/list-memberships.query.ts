import { type ConversationId, MEMBERSHIP_PAGE_SIZE_MAX, type UserId } from '@parley/contracts';
import type { Kysely } from 'kysely';

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
