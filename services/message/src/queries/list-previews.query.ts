import type { HiddenPlace, MessagePreview, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { isShownTo, messageColumns, type MessageRow, messageViewOf } from './message-columns.ts';

/**
 * The newest messages before some places that their reader has not deleted for themselves, one in each conversation:
 * a walk back from each place, over what they have hidden. None where they are not a member.
 */
export async function listPreviews(
  db: Kysely<MessageDb>,
  { userId, before }: { readonly userId: UserId; readonly before: readonly HiddenPlace[] },
): Promise<{ readonly previews: MessagePreview[] }> {
  const places = before.map(({ conversationId, seq }) => ({ conversation_id: conversationId, seq }));
  const { rows } = await sql<MessageRow>`
    select ${messageColumns(userId)}
    from json_populate_recordset(null::message, ${JSON.stringify(places)}::json) as place
    join membership as own
      on own.conversation_id = place.conversation_id and own.user_id = ${userId} and own.left_seq is null
    cross join lateral (
      select * from message
      where message.conversation_id = place.conversation_id and message.seq < place.seq
        and message.content ->> 'type' is distinct from 'system' and ${isShownTo(userId)}
      order by message.seq desc limit 1
    ) as message`.execute(db);
  return { previews: rows.map((row) => previewOf(row)) };
}

function previewOf(row: MessageRow): MessagePreview {
  const { reactions: _, isPinned: __, changedSeq: ___, ...preview } = messageViewOf(row);
  return preview;
}
