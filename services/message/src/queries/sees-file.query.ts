import type { FileId, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { isShownTo } from './message-columns.ts';

/** Whether a person is in a conversation where a message shows them a file. A deleted message shows nothing. */
export async function seesFile(
  db: Kysely<MessageDb>,
  asked: { readonly userId: UserId; readonly fileId: FileId },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from attachment
    join membership as own
      on own.conversation_id = attachment.conversation_id and own.user_id = ${asked.userId}
        and own.left_seq is null
    where attachment.file_id = ${asked.fileId}
      and ${isShownTo(asked.userId, { table: 'attachment', seq: 'message_seq' })}
    limit 1`.execute(db);
  return rows.length > 0;
}
