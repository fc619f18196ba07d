import { z } from 'zod';

import { defineCommand } from '../kernel/command.ts';
import { ConversationId, FileId, SeqOrZero, UserId } from '../kernel/scalars.ts';
import { inviteCommands, StoredConversation } from './invite-commands.ts';
import { GROUP_MEMBER_COUNT_MAX, SettingsChange } from './settings.ts';
import { ADD_MEMBER_COUNT_MAX, GroupDescription, GroupName, Role } from './views.ts';

/** Opens the one direct chat of two people. Its id is derived from the pair, so both may open it at once. */
export const startDirect = defineCommand({
  type: 'conversation.start-direct',
  input: z.strictObject({ conversationId: ConversationId, recipientId: UserId }),
  answer: StoredConversation,
  rejections: ['direct-with-oneself', 'blocked', 'person-not-found'],
});

/** Opens a group. Its id is derived from its creator and the request's idempotency key. */
export const startGroup = defineCommand({
  type: 'conversation.start-group',
  input: z.strictObject({
    conversationId: ConversationId,
    name: GroupName,
    description: GroupDescription.optional(),
    avatarFileId: FileId.optional(),
    settings: SettingsChange.optional(),
    memberIds: z.array(UserId).max(GROUP_MEMBER_COUNT_MAX),
  }),
  answer: StoredConversation,
  rejections: [
    'person-not-found',
    'conversation-full',
    'idempotency-key-reused',
    'file-not-found',
    'file-of-another-kind',
  ],
});

export const addMembers = defineCommand({
  type: 'conversation.add-members',
  input: z.strictObject({
    conversationId: ConversationId,
    userIds: z.array(UserId).min(1).max(ADD_MEMBER_COUNT_MAX),
  }),
  answer: StoredConversation,
  rejections: [
    'conversation-not-found',
    'conversation-dissolved',
    'role-too-low',
    'direct-chat-is-fixed',
    'conversation-full',
    'person-not-found',
  ],
});

export const removeMember = defineCommand({
  type: 'conversation.remove-member',
  input: z.strictObject({ conversationId: ConversationId, userId: UserId }),
  answer: StoredConversation,
  rejections: [
    'conversation-not-found',
    'conversation-dissolved',
    'role-too-low',
    'direct-chat-is-fixed',
    'member-not-found',
    'leave-instead',
  ],
});

export const leave = defineCommand({
  type: 'conversation.leave',
  input: z.strictObject({ conversationId: ConversationId }),
  answer: StoredConversation,
  rejections: ['conversation-not-found', 'conversation-dissolved', 'direct-chat-is-fixed', 'last-owner'],
});

export const changeRole = defineCommand({
  type: 'conversation.change-role',
  input: z.strictObject({ conversationId: ConversationId, userId: UserId, role: Role }),
  answer: StoredConversation,
  rejections: [
    'conversation-not-found',
    'conversation-dissolved',
    'role-too-low',
    'direct-chat-is-fixed',
    'member-not-found',
    'last-owner',
  ],
});

/** Makes another member the owner; the one who hands over stays as an admin. */
export const transferOwnership = defineCommand({
  type: 'conversation.transfer-ownership',
  input: z.strictObject({ conversationId: ConversationId, userId: UserId }),
  answer: StoredConversation,
  rejections: [
    'conversation-not-found',
    'conversation-dissolved',
    'role-too-low',
    'direct-chat-is-fixed',
    'member-not-found',
  ],
});

/** Changes what a group shows of itself and what goes there; what is left out stays. */
export const updateConversation = defineCommand({
  type: 'conversation.update',
  input: z.strictObject({
    conversationId: ConversationId,
    name: GroupName.optional(),
    description: GroupDescription.optional(),
    avatarFileId: FileId.nullable().optional(),
    settings: SettingsChange.optional(),
  }),
  answer: StoredConversation,
  rejections: [
    'conversation-not-found',
    'conversation-dissolved',
    'role-too-low',
    'direct-chat-is-fixed',
    'file-not-found',
    'file-of-another-kind',
  ],
});

/** Ends a group for everybody. */
export const dissolve = defineCommand({
  type: 'conversation.dissolve',
  input: z.strictObject({ conversationId: ConversationId }),
  answer: StoredConversation,
  rejections: ['conversation-not-found', 'role-too-low', 'direct-chat-is-fixed'],
});

/** Takes no direct messages from somebody any more. `conversationId` is the pair's direct chat, opened or not. */
export const blockPerson = defineCommand({
  type: 'conversation.block-person',
  input: z.strictObject({ conversationId: ConversationId, blockedId: UserId }),
  answer: StoredConversation,
  rejections: ['block-of-oneself', 'person-not-found'],
});

export const unblockPerson = defineCommand({
  type: 'conversation.unblock-person',
  input: z.strictObject({ conversationId: ConversationId, blockedId: UserId }),
  answer: StoredConversation.extend({ seq: SeqOrZero }),
  rejections: [],
});

export const conversationCommands = [
  startDirect,
  startGroup,
  addMembers,
  removeMember,
  leave,
  changeRole,
  transferOwnership,
  updateConversation,
  dissolve,
  blockPerson,
  unblockPerson,
  ...inviteCommands,
] as const;
export type ConversationCommandContract = (typeof conversationCommands)[number];
