import type { EndedStay, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';

export interface EndedPage {
  readonly ended: EndedStay[];
  /** As far in the log as this page tells. */
  readonly upTo: number;
  readonly hasMore: boolean;
}

/** The stays of a person that ended after a position of the log, but those after which they came back. */
export async function listEndedStays(
  db: Kysely<MessageDb>,
  { userId, since, limit }: { readonly userId: UserId; readonly since: number; readonly limit: number },
): Promise<EndedPage> {
  const { rows } = await sql<EndedStay & { readonly position: number }>`
    select stay.conversation_id as "conversationId", stay.left_seq as seq, stay.left_how as reason,
      stay.left_position as position
    from membership as stay
    where stay.user_id = ${userId} and stay.left_position > ${since} and not exists (
      select from membership as later
      where later.user_id = stay.user_id and later.conversation_id = stay.conversation_id
        and later.joined_seq > stay.left_seq
    )
    order by stay.left_position limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  return {
    ended: page.map(({ conversationId, seq, reason }) => ({ conversationId, seq, reason })),
    upTo: page.at(-1)?.position ?? since,
    hasMore: rows.length > limit,
  };
}
