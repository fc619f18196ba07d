import { type ConversationId, type MemberView, type Role, timestampOf, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/** A place in a conversation's list of members, which is in the order of joining. */
export interface MemberPlace {
  readonly joinedSeq: number;
  readonly userId: UserId;
}

export interface MemberListPage {
  readonly data: MemberView[];
  readonly nextCursor: string | undefined;
}

interface MemberRow {
  readonly userId: UserId | null;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  readonly joinedAt: Date;
  readonly joinedSeq: number;
}

const startOfList = { joinedSeq: 0, userId: '' };

/**
 * Who is in a conversation, in the order of joining; nothing for somebody who is not in it.
 * A member who asks for what lies after the end gets one row of nulls, which tells an empty page from no right.
 */
export async function listMembers(
  db: Kysely<ConversationDb>,
  asked: {
    readonly userId: UserId;
    readonly conversationId: ConversationId;
    readonly after?: MemberPlace | undefined;
    readonly limit: number;
  },
): Promise<MemberListPage | undefined> {
  const { userId, conversationId, limit } = asked;
  const after = asked.after ?? startOfList;
  const { rows } = await sql<MemberRow>`
    select listed.user_id as "userId", listed.role, listed.joined_at as "joinedAt",
      listed.joined_seq as "joinedSeq", coalesce(person.username, listed.user_id) as username,
      coalesce(person.display_name, listed.user_id) as "displayName"
    from member as own
    left join lateral (
      select * from member
      where member.conversation_id = own.conversation_id
        and (member.joined_seq, member.user_id) > (${after.joinedSeq}::bigint, ${after.userId}::text collate "C")
      order by member.joined_seq, member.user_id
      limit ${limit + 1}
    ) as listed on true
    left join person on person.user_id = listed.user_id
    where own.conversation_id = ${conversationId} and own.user_id = ${userId}
    order by listed.joined_seq, listed.user_id`.execute(db);
  if (rows.length === 0) return undefined;

  const found = rows.flatMap(({ userId: memberId, ...row }) =>
    memberId === null
      ? []
      : [
          {
            ...row,
            userId: memberId,
            joinedAt: timestampOf(row.joinedAt.getTime()),
          },
        ],
  );
  const data = found.slice(0, limit);
  const last = found.length > limit ? data.at(-1) : undefined;
  return { data, nextCursor: last && `${last.joinedSeq}.${last.userId}` };
}

/** The inside of a cursor; the edge signs it, so that only what was written here comes back. */
export function parseMemberCursor(cursor: string): MemberPlace | undefined {
  const [, seq, id] = /^(\d{1,15})\.(\S+)$/.exec(cursor) ?? [];
  const userId = UserId.safeParse(id);
  if (seq === undefined || !userId.success) return undefined;
  return { joinedSeq: Number(seq), userId: userId.data };
}
