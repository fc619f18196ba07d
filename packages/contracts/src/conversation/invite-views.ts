import { z } from 'zod';

import { ConversationId, FileId, InviteId, Timestamp, UserId } from '../kernel/scalars.ts';

/** How many invites of a group may be good at a time, and how many it may ever have had. */
export const ACTIVE_INVITE_COUNT_MAX = 100;
export const INVITE_COUNT_MAX = 5_000;
export const INVITE_USE_COUNT_MAX = 100_000;

/** What is handed on to join: 160 bits in base64url. It is kept nowhere. */
export const InviteCode = z.string().regex(/^[0-9A-Za-z_-]{27}$/, 'must be 27 characters of base64url');

/** What is kept of a code: SHA-256 in hex. */
export const InviteCodeHash = z.string().regex(/^[0-9a-f]{64}$/);

/** When an invite ends; neither: when it is revoked. */
export const InviteTerms = z.strictObject({
  expiresAt: Timestamp.optional(),
  useCountMax: z.int().min(1).max(INVITE_USE_COUNT_MAX).optional(),
});

/** An invite as those see it who may make one. */
export const InviteView = z.object({
  inviteId: InviteId,
  createdBy: UserId,
  createdAt: Timestamp,
  expiresAt: Timestamp.nullable(),
  useCountMax: z.int().nullable(),
  useCount: z.int().min(0),
  revokedAt: Timestamp.nullable(),
});
export type InviteView = z.output<typeof InviteView>;

/** What somebody who has a code is shown of the group before they join. */
export const InvitedView = z.object({
  conversationId: ConversationId,
  inviteId: InviteId,
  name: z.string(),
  description: z.string().nullable(),
  avatarFileId: FileId.nullable(),
  memberCount: z.int(),
  isMember: z.boolean(),
  expiresAt: Timestamp.nullable(),
});
export type InvitedView = z.output<typeof InvitedView>;
