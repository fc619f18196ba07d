import type { ConversationId, ConversationView, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';
import { getConversations } from './get-conversations.query.ts';
import { ownConversations } from './own-conversations.ts';

/** Where the two logs stood that say of a conversation what its list shows. */
export interface Since {
  readonly conv: number;
  readonly user: number;
}

/**
 * A person's conversations that have not moved on since then, but which their list shows otherwise: they have read
 * there, or keep it another way. By id, as they are now.
 */
export async function listTouchedConversations(
  db: Kysely<ConversationDb>,
  asked: {
    readonly userId: UserId;
    readonly since: Since;
    readonly after?: ConversationId | undefined;
    readonly limit: number;
  },
): Promise<{ readonly conversations: ConversationView[]; readonly hasMore: boolean }> {
  const { userId, since, after = '', limit } = asked;
  const { rows } = await sql<{ readonly conversationId: ConversationId }>`
    select own.conversation_id as "conversationId" from ${ownConversations(userId)}
      and own.conversation_id > ${after}
      and conversation.last_position <= ${since.conv}
      and (own.read_position > ${since.conv}
        or kept.version > ${since.user})
    order by own.conversation_id limit ${limit + 1}`.execute(db);
  const conversationIds = rows.slice(0, limit).map(({ conversationId }) => conversationId);
  return {
    conversations: await getConversations(db, { userId, conversationIds }),
    hasMore: rows.length > limit,
  };
}
