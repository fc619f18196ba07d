import { type MessageId, type ReactionView, sortedReactions, type UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { isShownTo } from './message-columns.ts';
import { readerOf } from './reading.ts';

interface ReactionRow {
  readonly emoji: string | null;
  readonly userIds: UserId[];
}

/** Who put which emoji on a message, the earliest first; nothing for somebody who may not read it. */
export async function listReactions(
  db: Kysely<MessageDb>,
  asked: { readonly userId: UserId; readonly messageId: MessageId },
): Promise<ReactionView[] | undefined> {
  const { rows } = await sql<ReactionRow>`
    select reaction.emoji, array_agg(reaction.user_id order by reaction.reacted_seq) as "userIds"
    from message
    cross join lateral (${readerOf(asked.userId, sql`message.conversation_id`)}) as reader
    left join reaction
      on reaction.conversation_id = message.conversation_id and reaction.message_seq = message.seq
        and reaction.reacted_seq <= reader.up_to_seq
    where message.message_id = ${asked.messageId} and message.seq <= reader.up_to_seq
      and ${isShownTo(asked.userId)}
    group by reaction.emoji`.execute(db);
  if (rows.length === 0) return undefined;
  const whoByEmoji = new Map(
    rows.flatMap(({ emoji, userIds }) => (emoji === null ? [] : [[emoji, userIds]])),
  );
  const counts = [...whoByEmoji].map(([emoji, userIds]) => {
    return { emoji, count: userIds.length, own: userIds.includes(asked.userId) };
  });
  return sortedReactions(counts).map((count) => ({ ...count, userIds: whoByEmoji.get(count.emoji) ?? [] }));
}
