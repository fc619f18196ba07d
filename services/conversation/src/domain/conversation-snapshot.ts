import {
  ChangedSettings,
  ConversationId,
  ConversationKind,
  ConversationSettings,
  FileId,
  InviteId,
  Role,
  Timestamp,
  UserId,
} from '@parley/contracts';
import { z } from 'zod';

import type { About, Conversation, Invite } from './conversation.ts';

/** Raised when the state changes: snapshots of another version are never found, and the log is folded again. */
export const CONVERSATION_SNAPSHOT_VERSION = 3;

const AboutJson = z.object({
  name: z.string().optional(),
  description: z.string().optional(),
  avatarFileId: FileId.optional(),
});

const InviteJson = z.object({
  createdBy: UserId,
  codeHash: z.string(),
  expiresAt: Timestamp.optional(),
  useCountMax: z.number().optional(),
  useCount: z.number(),
  isRevoked: z.boolean(),
});

const ConversationJson = z.object({
  membership: z.discriminatedUnion('status', [
    z.object({ status: z.literal('not-started'), blockedIds: z.array(UserId) }),
    z.object({
      status: z.enum(['active', 'dissolved']),
      conversationId: ConversationId,
      kind: ConversationKind,
      roles: z.array(z.tuple([UserId, Role])),
      settings: ConversationSettings,
      blockedIds: z.array(UserId),
    }),
  ]),
  about: AboutJson,
  opening: AboutJson.extend({
    startedBy: UserId,
    settings: ChangedSettings,
    memberIds: z.array(UserId),
  }).optional(),
  invites: z.array(z.tuple([InviteId, InviteJson])),
});

export function encodeConversation({ membership, about, opening, invites }: Conversation): unknown {
  const blockedIds = [...membership.blockedIds];
  return {
    membership:
      membership.status === 'not-started'
        ? { ...membership, blockedIds }
        : { ...membership, blockedIds, roles: [...membership.roles] },
    about,
    opening,
    invites: [...invites],
  };
}

export function decodeConversation(json: unknown): Conversation {
  const { membership, about, opening, invites } = ConversationJson.parse(json);
  const blockedIds = new Set(membership.blockedIds);
  return {
    membership:
      membership.status === 'not-started'
        ? { ...membership, blockedIds }
        : { ...membership, blockedIds, roles: new Map(membership.roles) },
    about: aboutOf(about),
    opening: opening && { ...opening, ...aboutOf(opening) },
    invites: new Map(invites.map(([inviteId, invite]) => [inviteId, inviteOf(invite)])),
  };
}

function inviteOf({ expiresAt, useCountMax, ...invite }: z.output<typeof InviteJson>): Invite {
  return { ...invite, expiresAt, useCountMax };
}

/** What was never said is there as undefined, as in a fold. */
function aboutOf({ name, description, avatarFileId }: z.output<typeof AboutJson>): About {
  return { name, description, avatarFileId };
}
