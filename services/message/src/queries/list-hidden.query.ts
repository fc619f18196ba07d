import { type ConversationId, HIDDEN_COUNT_MAX, type MessageId, type UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';

export interface HiddenPage {
  readonly hidden: { readonly conversationId: ConversationId; readonly messageId: MessageId }[];
  /** As far in the person's log as this page tells. */
  readonly position: number;
  readonly hasMore: boolean;
}

interface AskedHidden {
  readonly userId: UserId;
  readonly after?: number | undefined;
  readonly limit?: number;
}

/** What a person has hidden after a position of their log; where none is named, what they have hidden last. */
export async function listHidden(
  db: Kysely<MessageDb>,
  { userId, after, limit = HIDDEN_COUNT_MAX }: AskedHidden,
): Promise<HiddenPage> {
  const ofPerson = db
    .selectFrom('hidden_message')
    .select(['conversation_id as conversationId', 'message_id as messageId', 'position'])
    .where('user_id', '=', userId);
  if (after === undefined) {
    const last = await ofPerson.orderBy('position', 'desc').limit(limit).execute();
    return { hidden: last.map(nameOf), position: last[0]?.position ?? 0, hasMore: false };
  }
  const rows = await ofPerson
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  return {
    hidden: page.map(nameOf),
    position: page.at(-1)?.position ?? after,
    hasMore: rows.length > limit,
  };
}

/** The last of many people at once. */
export async function listHiddenOf(
  db: Kysely<MessageDb>,
  userIds: readonly UserId[],
): Promise<{ userId: UserId; messageIds: MessageId[] }[]> {
  const { rows } = await sql<{ userId: UserId; messageIds: MessageId[] }>`
    select person.user_id as "userId", own.ids as "messageIds"
    from unnest(${userIds}::text[]) as person (user_id)
    cross join lateral (
      select array_agg(message_id) as ids
      from (
        select message_id from hidden_message
        where hidden_message.user_id = person.user_id collate "C"
        order by position desc
        limit ${HIDDEN_COUNT_MAX}
      ) as latest
    ) as own
    where own.ids is not null`.execute(db);
  return rows;
}

function nameOf({ conversationId, messageId }: HiddenPage['hidden'][number]) {
  return { conversationId, messageId };
}
