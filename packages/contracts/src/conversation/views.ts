import { z } from 'zod';

import { PersonView } from '../identity/views.ts';
import { MessagePreview } from '../message/views.ts';
import { OwnView } from '../own-view/views.ts';
import {
  ConversationId,
  FileId,
  isSoundText,
  nameText,
  Seq,
  SeqOrZero,
  Timestamp,
  UserId,
} from '../kernel/scalars.ts';
import { ConversationSettings } from './settings.ts';

export const GROUP_NAME_LENGTH_MAX = 100;
export const GROUP_DESCRIPTION_LENGTH_MAX = 500;
/** How many people one request may add. */
export const ADD_MEMBER_COUNT_MAX = 100;

export const ConversationKind = z.enum(['direct', 'group']);
export type ConversationKind = z.output<typeof ConversationKind>;

/** From most to least; what each may do is the matrix of the rights. */
export const Role = z.enum(['owner', 'admin', 'moderator', 'member']);
export type Role = z.output<typeof Role>;

export const GroupName = nameText(GROUP_NAME_LENGTH_MAX);
export const GroupDescription = z
  .string()
  .trim()
  .max(GROUP_DESCRIPTION_LENGTH_MAX)
  .refine(isSoundText, 'must be well-formed Unicode without NUL');

export const MemberView = PersonView.extend({ role: Role, joinedAt: Timestamp, joinedSeq: Seq });
export type MemberView = z.output<typeof MemberView>;

export const BlockedPersonView = PersonView.extend({ blockedAt: Timestamp });
export type BlockedPersonView = z.output<typeof BlockedPersonView>;

/** A conversation as one of its members sees it in the list. */
export const ConversationView = z.object({
  conversationId: ConversationId,
  kind: ConversationKind,
  /** Of a group; a direct chat is shown under the other person's name. */
  name: z.string().nullable(),
  description: z.string().nullable(),
  avatarFileId: FileId.nullable(),
  settings: ConversationSettings,
  /** Of a direct chat: whether the person takes no messages from the other one. */
  isBlocked: z.boolean(),
  createdAt: Timestamp,
  createdBy: UserId,
  memberCount: z.int(),
  /** The first few members, the others first: names and faces for the list. */
  members: z.array(MemberView),
  ownRole: Role,
  /** The number of the last change of any kind. */
  lastSeq: Seq,
  lastActivityAt: Timestamp,
  lastMessage: MessagePreview.nullable(),
  readUpToSeq: SeqOrZero,
  unreadCount: z.int().min(0),
  /** How many of the unread messages name the person. */
  mentionCount: z.int().min(0),
  ...OwnView.shape,
});
export type ConversationView = z.output<typeof ConversationView>;
