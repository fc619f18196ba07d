import type { ConversationId, ConversationView, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';
import { everyOwn } from './matching-conversations.ts';
import { selectConversationViews } from './select-conversation-views.ts';

/** One conversation as its member sees it; nothing for anybody else, whether it exists or not. */
export async function getConversation(
  db: Kysely<ConversationDb>,
  asked: { readonly userId: UserId; readonly conversationId: ConversationId },
): Promise<ConversationView | undefined> {
  const { userId, conversationId } = asked;
  const matching = everyOwn(userId, sql<boolean>`own.conversation_id = ${conversationId}`);
  const { views } = await selectConversationViews(db, { userId, matching, limit: 1 });
  return views[0];
}
