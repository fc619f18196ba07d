import {
  applyMembership,
  type ConversationEvent,
  type ConversationSettings,
  type FileId,
  type InviteId,
  type Membership,
  noMembership,
  type SettingsChange,
  type Timestamp,
  type UserId,
} from '@parley/contracts';
import type { Decider } from '@parley/event-sourcing';

import type { DecidedCommandContract } from './decided-commands.ts';

/** Who is in it, what it shows of itself, and how it was opened. */
export interface Conversation {
  readonly membership: Membership;
  readonly about: About;
  readonly opening: Opening | undefined;
  readonly invites: ReadonlyMap<InviteId, Invite>;
}

/** A way in by a code, and how often it was used. Revoked ones are kept, so that revoking again is known. */
export interface Invite {
  readonly createdBy: UserId;
  readonly codeHash: string;
  readonly expiresAt: Timestamp | undefined;
  readonly useCountMax: number | undefined;
  readonly useCount: number;
  readonly isRevoked: boolean;
}

export interface About {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly avatarFileId: FileId | undefined;
}

/** What tells a repeated opening from another one under the same key. */
export interface Opening extends About {
  readonly startedBy: UserId;
  readonly settings: SettingsChange;
  readonly memberIds: readonly UserId[];
}

export type ConversationDecider = Decider<Conversation, DecidedCommandContract, ConversationEvent>;

/** Some rows of the table of rules. */
export type Rules<Types extends DecidedCommandContract['type']> = Pick<ConversationDecider['decide'], Types>;

export type ActiveGroup = Extract<Membership, { readonly settings: ConversationSettings }>;

const nothingSaid: About = { name: undefined, description: undefined, avatarFileId: undefined };

export const noConversation: Conversation = {
  membership: noMembership,
  about: nothingSaid,
  opening: undefined,
  invites: new Map(),
};

/** One row per event of the `c` lane. */
export const evolveConversation: ConversationDecider['evolve'] = {
  'conversation.started': (state, event) => {
    const { name, description, avatarFileId, settings = {}, members, passedOverIds = [] } = event.data;
    const about = { name, description, avatarFileId };
    const memberIds = [...members.map(({ userId }) => userId), ...passedOverIds];
    return {
      ...foldMembership(state, event),
      about,
      opening: { ...about, startedBy: event.actorId, settings, memberIds },
    };
  },
  'conversation.members-added': foldMembership,
  'conversation.member-joined': (state, event) => ({
    ...foldMembership(state, event),
    invites: withInvite(state, event.data.inviteId, (invite) => ({
      ...invite,
      useCount: invite.useCount + 1,
    })),
  }),
  'conversation.member-removed': foldMembership,
  'conversation.member-left': foldMembership,
  'conversation.role-changed': foldMembership,
  'conversation.ownership-transferred': foldMembership,
  'conversation.updated': (state, { data }) => {
    const { name, description, avatarFileId } = state.about;
    return {
      ...state,
      about: {
        name: data.name ?? name,
        description: data.description ?? description,
        avatarFileId: data.avatarFileId === undefined ? avatarFileId : (data.avatarFileId ?? undefined),
      },
    };
  },
  'conversation.settings-changed': foldMembership,
  'conversation.dissolved': foldMembership,
  'conversation.invite-created': (state, { data, actorId }) => {
    const { inviteId, codeHash, expiresAt, useCountMax } = data;
    const invite = { createdBy: actorId, codeHash, expiresAt, useCountMax, useCount: 0, isRevoked: false };
    return { ...state, invites: new Map(state.invites).set(inviteId, invite) };
  },
  'conversation.invite-revoked': (state, { data }) => ({
    ...state,
    invites: withInvite(state, data.inviteId, (invite) => ({ ...invite, isRevoked: true })),
  }),
  'conversation.person-blocked': foldMembership,
  'conversation.person-unblocked': foldMembership,
};

function withInvite(
  { invites }: Conversation,
  inviteId: InviteId | undefined,
  change: (invite: Invite) => Invite,
): Conversation['invites'] {
  const invite = inviteId && invites.get(inviteId);
  return invite ? new Map(invites).set(inviteId, change(invite)) : invites;
}

function foldMembership(state: Conversation, event: ConversationEvent): Conversation {
  return { ...state, membership: applyMembership(state.membership, event) };
}
