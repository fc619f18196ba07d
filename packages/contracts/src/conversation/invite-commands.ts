import { z } from 'zod';

import { defineCommand } from '../kernel/command.ts';
import { ConversationId, InviteId, Seq } from '../kernel/scalars.ts';
import { InviteCodeHash, InviteTerms } from './invite-views.ts';

/** What every change of a conversation is answered with. */
export const StoredConversation = z.object({ conversationId: ConversationId, seq: Seq });

/** Lets people in by a code. The edge makes it and hands over its hash; the id follows from who asks and their key. */
export const createInvite = defineCommand({
  type: 'conversation.create-invite',
  input: InviteTerms.extend({
    conversationId: ConversationId,
    inviteId: InviteId,
    codeHash: InviteCodeHash,
  }),
  answer: StoredConversation,
  rejections: [
    'conversation-not-found',
    'conversation-dissolved',
    'role-too-low',
    'direct-chat-is-fixed',
    'invites-closed',
    'invite-ends-before-it-begins',
    'too-many-invites',
    'idempotency-key-reused',
  ],
});

export const revokeInvite = defineCommand({
  type: 'conversation.revoke-invite',
  input: z.strictObject({ conversationId: ConversationId, inviteId: InviteId }),
  answer: StoredConversation,
  rejections: [
    'conversation-not-found',
    'conversation-dissolved',
    'role-too-low',
    'direct-chat-is-fixed',
    'invite-not-found',
  ],
});

/** Comes into a group by oneself: by an invite, or because it is public. */
export const join = defineCommand({
  type: 'conversation.join',
  input: z.strictObject({
    conversationId: ConversationId,
    invite: z.strictObject({ inviteId: InviteId, codeHash: InviteCodeHash }).optional(),
  }),
  answer: StoredConversation,
  rejections: ['conversation-not-found', 'invite-not-found', 'conversation-full'],
});

export const inviteCommands = [createInvite, revokeInvite, join] as const;
