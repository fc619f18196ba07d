import type { FileId, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { isShownTo } from './message-columns.ts';
import { readerOf } from './reading.ts';

/** Whether a person may read a message that shows them a file. A deleted message shows nothing. */
export async function seesFile(
  db: Kysely<MessageDb>,
  asked: { readonly userId: UserId; readonly fileId: FileId },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from attachment
    cross join lateral (${readerOf(asked.userId, sql`attachment.conversation_id`)}) as reader
    where attachment.file_id = ${asked.fileId} and attachment.message_seq <= reader.up_to_seq
      and ${isShownTo(asked.userId, { table: 'attachment', seq: 'message_seq' })}
    limit 1`.execute(db);
  return rows.length > 0;
}
