import { z } from 'zod';

import { Cursor, defineQuery, PageLimit, pageOf } from '../kernel/query.ts';
import { FileId, ConversationId, isSoundText, Seq, UserId } from '../kernel/scalars.ts';
import { ConversationStats } from '../own-view/views.ts';
import { conversationSyncQueries } from './sync-queries.ts';
import { InviteCodeHash, InvitedView, InviteView } from './invite-views.ts';
import { BlockedPersonView, ConversationKind, ConversationView, MemberView } from './views.ts';

const LIST_TEXT_LENGTH_MAX = 100;
const isTrue = z.stringbool().or(z.boolean()).optional();

/** A person's conversations: the pinned ones first, then the latest activity. */
export const listConversations = defineQuery({
  type: 'conversation.list-conversations',
  input: z.strictObject({
    userId: UserId,
    kind: ConversationKind.optional(),
    /** Marked as unread counts as unread. */
    unread: isTrue,
    /** Archived ones only; without it they are left out. */
    archived: isTrue,
    muted: isTrue,
    /** Part of a group's name or of the other person's, with or without accents. */
    q: z
      .string()
      .max(LIST_TEXT_LENGTH_MAX)
      .refine(isSoundText, 'must be well-formed Unicode without NUL')
      .optional(),
    cursor: Cursor.optional(),
    limit: PageLimit,
  }),
  answer: pageOf(ConversationView).extend({
    /**
     * How many conversations the filters leave, on all pages. Nothing with `unread`: that is a look at each of them,
     * which the totals are for.
     */
    total: z.int().min(0).nullable(),
  }),
  rejections: [],
});

/** A person's conversations, counted: all, by kind and by state. */
export const getConversationStats = defineQuery({
  type: 'conversation.get-stats',
  input: z.strictObject({ userId: UserId }),
  answer: ConversationStats,
  rejections: [],
});

export const getConversation = defineQuery({
  type: 'conversation.get-conversation',
  input: z.strictObject({ userId: UserId, conversationId: ConversationId }),
  answer: ConversationView,
  rejections: ['conversation-not-found'],
});

export const listMembers = defineQuery({
  type: 'conversation.list-members',
  input: z.strictObject({
    userId: UserId,
    conversationId: ConversationId,
    cursor: Cursor.optional(),
    limit: PageLimit,
  }),
  answer: pageOf(MemberView),
  rejections: ['conversation-not-found'],
});

/** How many conversations of one person the edge joins in one answer. */
export const MEMBERSHIP_PAGE_SIZE_MAX = 5_000;

/** Which conversations a person is in: what the edge joins when a socket comes. */
export const listMemberships = defineQuery({
  type: 'conversation.list-memberships',
  input: z.strictObject({ userId: UserId, after: ConversationId.optional() }),
  answer: z.object({
    memberships: z
      .array(z.object({ conversationId: ConversationId, joinedSeq: Seq }))
      .max(MEMBERSHIP_PAGE_SIZE_MAX),
    hasMore: z.boolean(),
  }),
  rejections: [],
});

/** How many people one question may be about, and how many conversations of each one answer holds. */
export const MEMBERSHIP_PEOPLE_COUNT_MAX = 100;
export const MEMBERSHIP_SHORT_COUNT_MAX = 100;

/** The same for many people at once: what the edge joins when many sockets come together. */
export const listMembershipsOf = defineQuery({
  type: 'conversation.list-memberships-of',
  input: z.strictObject({ userIds: z.array(UserId).min(1).max(MEMBERSHIP_PEOPLE_COUNT_MAX) }),
  answer: z.object({
    people: z.array(
      z.object({
        userId: UserId,
        conversationIds: z.array(ConversationId).max(MEMBERSHIP_SHORT_COUNT_MAX),
        hasMore: z.boolean(),
      }),
    ),
  }),
  rejections: [],
});

/** Whom a person has blocked, the last one first. */
export const listBlocks = defineQuery({
  type: 'conversation.list-blocks',
  input: z.strictObject({ userId: UserId, cursor: Cursor.optional(), limit: PageLimit }),
  answer: pageOf(BlockedPersonView),
  rejections: [],
});

/** A group's invites, the last one first: all of them for who moderates, the own ones for others who may invite. */
export const listInvites = defineQuery({
  type: 'conversation.list-invites',
  input: z.strictObject({
    userId: UserId,
    conversationId: ConversationId,
    cursor: Cursor.optional(),
    limit: PageLimit,
  }),
  answer: pageOf(InviteView),
  rejections: ['conversation-not-found'],
});

/** Which group a code lets into, as long as it does. */
export const findInvite = defineQuery({
  type: 'conversation.find-invite',
  input: z.strictObject({ userId: UserId, codeHash: InviteCodeHash }),
  answer: InvitedView,
  rejections: ['invite-not-found'],
});

/** Whether a person is in a conversation that has a file for its picture. */
export const showsFile = defineQuery({
  type: 'conversation.shows-file',
  input: z.strictObject({ userId: UserId, fileId: FileId }),
  answer: z.object({ seesFile: z.boolean() }),
  rejections: [],
});

/** How many people one question may name. */
export const ACQUAINTANCE_COUNT_MAX = 200;

/** Who of these people shares a conversation with somebody, neither having blocked the other. */
export const findAcquaintances = defineQuery({
  type: 'conversation.find-acquaintances',
  input: z.strictObject({ userId: UserId, userIds: z.array(UserId).max(ACQUAINTANCE_COUNT_MAX) }),
  answer: z.object({ userIds: z.array(UserId) }),
  rejections: [],
});

export const conversationQueries = [
  listConversations,
  getConversationStats,
  getConversation,
  listMembers,
  listMemberships,
  listMembershipsOf,
  listBlocks,
  listInvites,
  findInvite,
  showsFile,
  findAcquaintances,
  ...conversationSyncQueries,
] as const;
export type ConversationQueryContract = (typeof conversationQueries)[number];
