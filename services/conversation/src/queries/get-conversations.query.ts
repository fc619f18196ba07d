import type { ConversationId, ConversationView, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';
import { everyOwn } from './matching-conversations.ts';
import { selectConversationViews } from './select-conversation-views.ts';

/** Those of some conversations that the person is in, by id. */
export async function getConversations(
  db: Kysely<ConversationDb>,
  {
    userId,
    conversationIds,
  }: { readonly userId: UserId; readonly conversationIds: readonly ConversationId[] },
): Promise<ConversationView[]> {
  if (conversationIds.length === 0) return [];
  const matching = everyOwn(userId, sql<boolean>`own.conversation_id = any(${conversationIds})`);
  const { views } = await selectConversationViews(db, { userId, matching, limit: conversationIds.length });
  return views.toSorted((one, other) => (one.conversationId < other.conversationId ? -1 : 1));
}
