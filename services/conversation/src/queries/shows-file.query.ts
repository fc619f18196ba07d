import type { FileId, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/** Whether a person is in a conversation that has a file for its picture. */
export async function showsFile(
  db: Kysely<ConversationDb>,
  asked: { readonly userId: UserId; readonly fileId: FileId },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from conversation
    join member as own
      on own.conversation_id = conversation.conversation_id and own.user_id = ${asked.userId}
    where conversation.avatar_file_id = ${asked.fileId}
    limit 1`.execute(db);
  return rows.length > 0;
}
