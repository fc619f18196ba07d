import { type ConversationId, InviteId, type InviteView, timestampOf, type UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/** A place in a group's list of invites, which has the last one first. */
export interface InvitePlace {
  readonly createdAtMs: number;
  readonly inviteId: InviteId;
}

export interface InviteListPage {
  readonly data: InviteView[];
  readonly nextCursor: string | undefined;
}

interface InviteRow {
  readonly inviteId: InviteId | null;
  readonly createdBy: UserId;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly useCountMax: number | null;
  readonly useCount: number;
  readonly revokedAt: Date | null;
}

/**
 * A group's invites: all of them for who moderates it, for other members their own; nothing for somebody who is not
 * in it. A member without any gets one row of nulls, which tells an empty list from no right.
 */
export async function listInvites(
  db: Kysely<ConversationDb>,
  asked: {
    readonly userId: UserId;
    readonly conversationId: ConversationId;
    readonly after?: InvitePlace | undefined;
    readonly limit: number;
  },
): Promise<InviteListPage | undefined> {
  const { userId, conversationId, after, limit } = asked;
  const isAfter = after
    ? sql<boolean>`(invite.created_at, invite.invite_id) < (${new Date(after.createdAtMs)}, ${after.inviteId})`
    : sql<boolean>`true`;
  const { rows } = await sql<InviteRow>`
    select listed.invite_id as "inviteId", listed.created_by as "createdBy", listed.created_at as "createdAt",
      listed.expires_at as "expiresAt", listed.use_count_max as "useCountMax", listed.use_count as "useCount",
      listed.revoked_at as "revokedAt"
    from member as own
    left join lateral (
      select * from invite
      where invite.conversation_id = own.conversation_id and ${isAfter}
        and (own.role <> 'member' or invite.created_by = own.user_id)
      order by invite.created_at desc, invite.invite_id desc
      limit ${limit + 1}
    ) as listed on true
    where own.conversation_id = ${conversationId} and own.user_id = ${userId}
    order by listed.created_at desc, listed.invite_id desc`.execute(db);
  if (rows.length === 0) return undefined;

  const found = rows.flatMap(({ inviteId, ...row }) =>
    inviteId === null
      ? []
      : [
          {
            ...row,
            inviteId,
            createdAt: timestampOf(row.createdAt.getTime()),
            expiresAt: row.expiresAt && timestampOf(row.expiresAt.getTime()),
            revokedAt: row.revokedAt && timestampOf(row.revokedAt.getTime()),
          },
        ],
  );
  const data = found.slice(0, limit);
  const last = found.length > limit ? data.at(-1) : undefined;
  return { data, nextCursor: last && `${Date.parse(last.createdAt)}.${last.inviteId}` };
}

/** The inside of a cursor; the edge signs it, so that only what was written here comes back. */
export function parseInviteCursor(cursor: string): InvitePlace | undefined {
  const [, time, id] = /^(\d{1,15})\.(\S+)$/.exec(cursor) ?? [];
  const inviteId = InviteId.safeParse(id);
  if (time === undefined || !inviteId.success) return undefined;
  return { createdAtMs: Number(time), inviteId: inviteId.data };
}
