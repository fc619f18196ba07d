import { z } from 'zod';

import { defineEvent, type EventOf } from '../kernel/event.ts';
import { ConversationId, FileId, InviteId, Seq, Timestamp, UserId } from '../kernel/scalars.ts';
import { ChangedSettings } from './settings.ts';
import { ConversationKind, Role } from './views.ts';

const Membership = z.object({ userId: UserId, role: Role });

export const conversationStarted = defineEvent({
  type: 'conversation.started',
  data: z.object({
    conversationId: ConversationId,
    kind: ConversationKind,
    name: z.string().optional(),
    description: z.string().optional(),
    avatarFileId: FileId.optional(),
    settings: ChangedSettings.optional(),
    members: z.array(Membership),
    /** Who was named and not taken in, because they have blocked the opener. Nobody is told. */
    passedOverIds: z.array(UserId).optional(),
  }),
});

export const membersAdded = defineEvent({
  type: 'conversation.members-added',
  data: z.object({ conversationId: ConversationId, members: z.array(Membership), addedBy: UserId }),
});

/** Came in by themselves: by an invite link, or into a public group. */
export const memberJoined = defineEvent({
  type: 'conversation.member-joined',
  data: z.object({ conversationId: ConversationId, userId: UserId, inviteId: InviteId.optional() }),
});

export const memberRemoved = defineEvent({
  type: 'conversation.member-removed',
  data: z.object({ conversationId: ConversationId, userId: UserId, removedBy: UserId }),
});

export const memberLeft = defineEvent({
  type: 'conversation.member-left',
  data: z.object({ conversationId: ConversationId, userId: UserId }),
});

export const roleChanged = defineEvent({
  type: 'conversation.role-changed',
  data: z.object({ conversationId: ConversationId, userId: UserId, role: Role }),
});

/** The one who hands over stays as an admin. */
export const ownershipTransferred = defineEvent({
  type: 'conversation.ownership-transferred',
  data: z.object({ conversationId: ConversationId, from: UserId, to: UserId }),
});

/** What a group shows of itself; what is absent stays. */
export const conversationUpdated = defineEvent({
  type: 'conversation.updated',
  data: z.object({
    conversationId: ConversationId,
    name: z.string().optional(),
    description: z.string().optional(),
    avatarFileId: FileId.nullable().optional(),
  }),
});

export const settingsChanged = defineEvent({
  type: 'conversation.settings-changed',
  data: z.object({ conversationId: ConversationId, settings: ChangedSettings }),
});

/** The end: nobody is in it after this. `memberIds` are those who were. */
export const conversationDissolved = defineEvent({
  type: 'conversation.dissolved',
  data: z.object({ conversationId: ConversationId, memberIds: z.array(UserId) }),
});

/** The code itself is nowhere: whoever reads the log joins nothing. */
export const inviteCreated = defineEvent({
  type: 'conversation.invite-created',
  data: z.object({
    conversationId: ConversationId,
    inviteId: InviteId,
    codeHash: z.string(),
    expiresAt: Timestamp.optional(),
    useCountMax: z.int().min(1).optional(),
  }),
});

export const inviteRevoked = defineEvent({
  type: 'conversation.invite-revoked',
  data: z.object({ conversationId: ConversationId, inviteId: InviteId }),
});

/** Lies in the log of the pair's direct chat, opened or not: there it has its place among the messages. */
export const personBlocked = defineEvent({
  type: 'conversation.person-blocked',
  data: z.object({ conversationId: ConversationId, blockedId: UserId }),
});

export const personUnblocked = defineEvent({
  type: 'conversation.person-unblocked',
  data: z.object({ conversationId: ConversationId, blockedId: UserId }),
});

const controlEvents = [
  conversationStarted,
  membersAdded,
  memberJoined,
  memberRemoved,
  memberLeft,
  roleChanged,
  ownershipTransferred,
  conversationUpdated,
  settingsChanged,
  conversationDissolved,
  inviteCreated,
  inviteRevoked,
  personBlocked,
  personUnblocked,
] as const;

/** Everything about a conversation itself, in the `c` lane of its log. */
export type ConversationEvent = EventOf<(typeof controlEvents)[number]>;

const MembershipChange = z.object({ userId: UserId, conversationId: ConversationId, conversationSeq: Seq });

/** Said to a person's own log when a conversation lets them in: what their devices listen to. */
export const membershipGranted = defineEvent({
  type: 'conversation.membership-granted',
  data: MembershipChange,
});

/** Said to a person's own log when they are out of a conversation. */
export const membershipEnded = defineEvent({ type: 'conversation.membership-ended', data: MembershipChange });

/** What the conversation service adds to a person's log, in the `v` lane (the person's own view). */
export type MembershipEvent = EventOf<typeof membershipGranted | typeof membershipEnded>;

export const conversationEvents = [...controlEvents, membershipGranted, membershipEnded] as const;
