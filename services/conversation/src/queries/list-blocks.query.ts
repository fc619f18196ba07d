import { type BlockedPersonView, timestampOf, UserId } from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

/** A place in a person's list of blocks, which has the last one first. */
export interface BlockPlace {
  readonly blockedAtMs: number;
  readonly blockedId: UserId;
}

export interface BlockListPage {
  readonly data: BlockedPersonView[];
  readonly nextCursor: string | undefined;
}

interface BlockRow {
  readonly userId: UserId;
  readonly username: string;
  readonly displayName: string;
  readonly blockedAt: Date;
}

/** Whom a person has blocked. */
export async function listBlocks(
  db: Kysely<ConversationDb>,
  asked: {
    readonly userId: UserId;
    readonly after?: BlockPlace | undefined;
    readonly limit: number;
  },
): Promise<BlockListPage> {
  const { userId, after, limit } = asked;
  const isAfter = after
    ? sql<boolean>`(block.blocked_at, block.blocked_id) < (${new Date(after.blockedAtMs)}, ${after.blockedId})`
    : sql<boolean>`true`;
  const { rows } = await sql<BlockRow>`
    select block.blocked_id as "userId", block.blocked_at as "blockedAt",
      coalesce(person.username, block.blocked_id) as username,
      coalesce(person.display_name, block.blocked_id) as "displayName"
    from block
    left join person on person.user_id = block.blocked_id
    where block.blocker_id = ${userId} and ${isAfter}
    order by block.blocked_at desc, block.blocked_id desc
    limit ${limit + 1}`.execute(db);
  const data = rows
    .slice(0, limit)
    .map((row) => ({ ...row, blockedAt: timestampOf(row.blockedAt.getTime()) }));
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, nextCursor: last && `${Date.parse(last.blockedAt)}.${last.userId}` };
}

/** The inside of a cursor; the edge signs it, so that only what was written here comes back. */
export function parseBlockCursor(cursor: string): BlockPlace | undefined {
  const [, time, id] = /^(\d{1,15})\.(\S+)$/.exec(cursor) ?? [];
  const blockedId = UserId.safeParse(id);
  if (time === undefined || !blockedId.success) return undefined;
  return { blockedAtMs: Number(time), blockedId: blockedId.data };
}
