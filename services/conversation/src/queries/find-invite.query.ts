import {
  type ConversationId,
  defaultSettings,
  type FileId,
  type InvitedView,
  type InviteId,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { type Kysely, sql } from 'kysely';

import type { ConversationDb } from '../storage/schema.ts';

interface InvitedRow {
  readonly conversationId: ConversationId;
  readonly inviteId: InviteId;
  readonly name: string;
  readonly description: string | null;
  readonly avatarFileId: FileId | null;
  readonly memberCount: number;
  readonly isMember: boolean;
  readonly expiresAt: Date | null;
}

/**
 * Which group a code lets into. One that has ended, in any way, is as one that never was, but for those inside: they
 * may have come in by its last use, and ask again after a lost reply.
 */
export async function findInvite(
  db: Kysely<ConversationDb>,
  asked: { readonly userId: UserId; readonly codeHash: string },
): Promise<InvitedView | undefined> {
  const { rows } = await sql<InvitedRow>`
    select conversation.conversation_id as "conversationId", invite.invite_id as "inviteId",
      coalesce(conversation.name, '') as name, conversation.description,
      conversation.avatar_file_id as "avatarFileId", invite.expires_at as "expiresAt",
      (select count(*) from member where member.conversation_id = invite.conversation_id) as "memberCount",
      own.user_id is not null as "isMember"
    from invite
    join conversation on conversation.conversation_id = invite.conversation_id
    left join member as own on own.conversation_id = invite.conversation_id and own.user_id = ${asked.userId}
    where invite.code_hash = ${asked.codeHash} and (
      own.user_id is not null or (
        invite.revoked_at is null
        and (invite.expires_at is null or invite.expires_at > now())
        and (invite.use_count_max is null or invite.use_count < invite.use_count_max)
        and coalesce(conversation.settings ->> 'privacy', ${defaultSettings.privacy}) <> 'private'
      )
    )
    limit 1`.execute(db);
  return rows[0] && { ...rows[0], expiresAt: rows[0].expiresAt && timestampOf(rows[0].expiresAt.getTime()) };
}
