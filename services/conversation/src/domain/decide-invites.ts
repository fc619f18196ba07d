import {
  ACTIVE_INVITE_COUNT_MAX,
  type CommandOf,
  type createInvite,
  INVITE_COUNT_MAX,
  type Timestamp,
} from '@parley/contracts';
import { accept, reject } from '@parley/event-sourcing';

import type { Conversation, Invite, Rules } from './conversation.ts';
import { enterGroup } from './enter-group.ts';
import { isAtLeast } from './roles.ts';

/** Who lets people in by a code, and who comes in by one. */
export const decideInvites: Rules<
  'conversation.create-invite' | 'conversation.revoke-invite' | 'conversation.join'
> = {
  'conversation.create-invite': (state, { data, meta }) => {
    const inside = enterGroup(state, meta.actorId);
    if (typeof inside === 'string') return reject(inside);
    const { settings } = inside.group;
    if (!settings.membersCanInvite && !isAtLeast(inside.own, 'moderator')) return reject('role-too-low');
    if (settings.privacy === 'private') return reject('invites-closed');
    const known = state.invites.get(data.inviteId);
    // The same again is a client retrying after a lost reply.
    if (known) return isSameInvite(known, data) ? accept() : reject('idempotency-key-reused');
    if (data.expiresAt !== undefined && data.expiresAt <= meta.at) {
      return reject('invite-ends-before-it-begins');
    }
    if (hasTooMany(state, meta.at)) return reject('too-many-invites');

    const { conversationId, inviteId, codeHash, expiresAt, useCountMax } = data;
    return accept({
      type: 'conversation.invite-created',
      data: {
        conversationId,
        inviteId,
        codeHash,
        ...(expiresAt === undefined ? {} : { expiresAt }),
        ...(useCountMax === undefined ? {} : { useCountMax }),
      },
    });
  },

  'conversation.revoke-invite': (state, { data, meta }) => {
    const inside = enterGroup(state, meta.actorId);
    if (typeof inside === 'string') return reject(inside);
    const invite = state.invites.get(data.inviteId);
    const isModerator = isAtLeast(inside.own, 'moderator');
    if (!isModerator && invite?.createdBy !== meta.actorId) return reject('role-too-low');
    if (invite === undefined) return reject('invite-not-found');
    if (invite.isRevoked) return accept();

    const { conversationId, inviteId } = data;
    return accept({ type: 'conversation.invite-revoked', data: { conversationId, inviteId } });
  },

  'conversation.join': (state, { data, meta }) => {
    const { membership, invites } = state;
    const { conversationId } = data;
    const unseen = data.invite ? 'invite-not-found' : 'conversation-not-found';
    if (membership.status !== 'active') return reject(unseen);
    // Joining again is a client retrying after a lost reply, whatever has become of the code since.
    if (membership.roles.has(meta.actorId)) return accept();
    if (membership.kind === 'direct') return reject(unseen);
    const invite = data.invite && invites.get(data.invite.inviteId);
    const isWelcome = data.invite
      ? isGood(invite, data.invite.codeHash, meta.at) && membership.settings.privacy !== 'private'
      : membership.settings.privacy === 'public';
    if (!isWelcome) return reject(unseen);
    if (membership.roles.size >= membership.settings.memberLimit) return reject('conversation-full');

    return accept({
      type: 'conversation.member-joined',
      data: {
        conversationId,
        userId: meta.actorId,
        ...(data.invite ? { inviteId: data.invite.inviteId } : {}),
      },
    });
  },
};

function isSameInvite(known: Invite, asked: CommandOf<typeof createInvite>['data']): boolean {
  return (
    known.codeHash === asked.codeHash &&
    known.expiresAt === asked.expiresAt &&
    known.useCountMax === asked.useCountMax
  );
}

function isGood(invite: Invite | undefined, codeHash: string, at: Timestamp): boolean {
  return invite !== undefined && invite.codeHash === codeHash && hasNotEnded(invite, at);
}

function hasNotEnded({ isRevoked, expiresAt, useCountMax, useCount }: Invite, at: Timestamp): boolean {
  if (isRevoked) return false;
  // Both are written alike, so their order as text is their order in time.
  if (expiresAt !== undefined && expiresAt <= at) return false;
  return useCountMax === undefined || useCount < useCountMax;
}

function hasTooMany({ invites }: Conversation, at: Timestamp): boolean {
  if (invites.size >= INVITE_COUNT_MAX) return true;
  const active = [...invites.values()].filter((invite) => hasNotEnded(invite, at));
  return active.length >= ACTIVE_INVITE_COUNT_MAX;
}
