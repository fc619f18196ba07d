import type { ConversationId, HiddenPlace, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/** Of some conversations, those whose last message a person has deleted for themselves, and where that stands. */
export async function findHiddenLast(
  db: Kysely<ConversationDb>,
  {
    userId,
    conversationIds,
  }: { readonly userId: UserId; readonly conversationIds: readonly ConversationId[] },
): Promise<HiddenPlace[]> {
  const { rows } = await sql<HiddenPlace>`
    select hidden.conversation_id as "conversationId", hidden.seq
    from conversation
    join hidden_message as hidden
      on hidden.user_id = ${userId} and hidden.conversation_id = conversation.conversation_id
        and hidden.seq = (conversation.last_message ->> 'seq')::bigint
    where conversation.conversation_id = any(${[...conversationIds]}::text[])`.execute(db);
  return rows;
}
