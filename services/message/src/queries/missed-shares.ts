import type { ConversationId, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { MessageDb } from '../storage/schema.ts';
import { isShownTo, messageColumns, type MessageRow } from './message-columns.ts';

/** Who asks, and from which position of the log on. */
export interface AskedSince {
  readonly userId: UserId;
  readonly since: number;
}

/** How much of one conversation a page reads: its newest messages, or what lies after a number. */
export interface Share {
  readonly conversationId: ConversationId;
  readonly headSeq: number;
  readonly headPosition: number;
  /** The last message that stood before the position asked from. */
  readonly knownSeq: number;
  readonly afterSeq: number;
  readonly isSnapshot: boolean;
  /** One row more than this is read, which tells whether there are more. */
  readonly limit: number;
}

export type PageRow = MessageRow & { readonly place: number };

export interface Standing {
  readonly conversationId: ConversationId;
  readonly joinedPosition: number;
  readonly knownSeq: number;
}

/** Where each conversation that the person is in stood at the position. */
export async function standingOf(
  db: Kysely<MessageDb>,
  { userId, since }: AskedSince,
  ids: readonly ConversationId[],
): Promise<ReadonlyMap<ConversationId, Standing>> {
  const { rows } = await sql<Standing>`
    select own.conversation_id as "conversationId", own.joined_position as "joinedPosition", coalesce((
      select message.seq from message
      where message.conversation_id = own.conversation_id and message.position <= ${since}
      order by message.position desc limit 1
    ), 0) as "knownSeq"
    from membership as own
    where own.user_id = ${userId} and own.conversation_id = any(${ids}) and own.left_seq is null`.execute(db);
  return new Map(rows.map((row) => [row.conversationId, row]));
}

/**
 * The rows of all shares at once, by conversation. A message that came since stands at its own number, one from
 * before at the number of its last change, as where one is asked for by cursors.
 */
export async function readShares(
  db: Kysely<MessageDb>,
  { userId, since }: AskedSince,
  shares: readonly Share[],
): Promise<ReadonlyMap<ConversationId, PageRow[]>> {
  const { rows } = await sql<PageRow>`
    select ${messageColumns(userId)}, message.place
    from unnest(
      ${shares.map(({ conversationId }) => conversationId)}::text[],
      ${shares.map(({ afterSeq }) => afterSeq)}::bigint[],
      ${shares.map(({ knownSeq }) => knownSeq)}::bigint[],
      ${shares.map(({ isSnapshot }) => isSnapshot)}::boolean[],
      ${shares.map(({ headPosition }) => headPosition)}::bigint[],
      ${shares.map((share) => share.limit + 2)}::bigint[]
    ) as share (conversation_id, after_seq, known_seq, is_snapshot, head_position, row_limit)
    cross join lateral (
      (select message.*, message.seq as place from message
        where share.is_snapshot and message.conversation_id = share.conversation_id
          and message.position <= share.head_position and ${isShownTo(userId)}
        order by message.seq desc limit share.row_limit)
      union all
      (select * from (
        (select message.*, message.seq as place from message
          where not share.is_snapshot and message.conversation_id = share.conversation_id
            and message.seq > greatest(share.after_seq, share.known_seq)
            and message.position <= share.head_position and ${isShownTo(userId)}
          order by message.seq limit share.row_limit)
        union all
        (select message.*, message.changed_seq as place from message
          where not share.is_snapshot and message.conversation_id = share.conversation_id
            and message.changed_position > ${since} and message.changed_position > message.position
            and message.seq <= share.known_seq and message.changed_seq > share.after_seq
            and ${isShownTo(userId)}
          order by message.changed_position limit share.row_limit)
      ) as delta order by place limit share.row_limit)
    ) as message`.execute(db);
  const found = Map.groupBy(rows, ({ conversationId }) => conversationId);
  for (const some of found.values()) some.sort((one, other) => one.place - other.place);
  return found;
}
