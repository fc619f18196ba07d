import type { ConversationEvent } from '@parley/contracts';
import { accept, reject } from '@parley/event-sourcing';

import type { Rules } from './conversation.ts';
import { enterGroup } from './enter-group.ts';
import { isAtLeast, isLastOwner, mayChangeRole, mayRemove } from './roles.ts';

/** Who comes, goes, and may do more or less than before. */
export const decideMembers: Rules<
  | 'conversation.add-members'
  | 'conversation.remove-member'
  | 'conversation.leave'
  | 'conversation.change-role'
  | 'conversation.transfer-ownership'
> = {
  'conversation.add-members': (state, { data, meta }) => {
    const inside = enterGroup(state, meta.actorId);
    if (typeof inside === 'string') return reject(inside);
    const { roles, settings } = inside.group;
    if (!settings.membersCanInvite && !isAtLeast(inside.own, 'moderator')) return reject('role-too-low');
    if (data.unknownIds.length > 0) return reject('person-not-found');

    // Without a word, as where a group is opened: who has blocked somebody is nobody's to find out.
    const newIds = [...new Set(data.userIds)].filter(
      (userId) => !roles.has(userId) && !data.refusingIds.includes(userId),
    );
    // Adding a member again is a client retrying after a lost reply, not a mistake.
    if (newIds.length === 0) return accept();
    if (roles.size + newIds.length > settings.memberLimit) return reject('conversation-full');

    return accept({
      type: 'conversation.members-added',
      data: {
        conversationId: data.conversationId,
        members: newIds.map((userId) => ({ userId, role: 'member' })),
        addedBy: meta.actorId,
      },
    });
  },

  'conversation.remove-member': (state, { data, meta }) => {
    const inside = enterGroup(state, meta.actorId);
    if (typeof inside === 'string') return reject(inside);
    const { conversationId, userId } = data;
    if (userId === meta.actorId) {
      // Whether an owner may go is a question of its own, so it is asked by its own command.
      if (inside.own === 'owner') return reject('leave-instead');
      return accept({ type: 'conversation.member-left', data: { conversationId, userId } });
    }
    if (!isAtLeast(inside.own, 'moderator')) return reject('role-too-low');
    const target = inside.group.roles.get(userId);
    if (target === undefined) return reject('member-not-found');
    if (!mayRemove(inside.own, target)) return reject('role-too-low');

    return accept({
      type: 'conversation.member-removed',
      data: { conversationId, userId, removedBy: meta.actorId },
    });
  },

  'conversation.leave': (state, { data, meta }) => {
    const inside = enterGroup(state, meta.actorId);
    if (typeof inside === 'string') return reject(inside);
    const { roles } = inside.group;
    const { conversationId } = data;
    const left = {
      type: 'conversation.member-left',
      data: { conversationId, userId: meta.actorId },
    } as const;
    // Who is alone may always go. The group ends with them, or a code would let people into one that nobody owns.
    if (roles.size === 1) {
      return accept<ConversationEvent>(left, {
        type: 'conversation.dissolved',
        data: { conversationId, memberIds: [] },
      });
    }
    return isLastOwner(roles, meta.actorId) ? reject('last-owner') : accept(left);
  },

  'conversation.change-role': (state, { data, meta }) => {
    const inside = enterGroup(state, meta.actorId);
    if (typeof inside === 'string') return reject(inside);
    const { conversationId, userId, role } = data;
    if (!isAtLeast(inside.own, 'admin')) return reject('role-too-low');
    const target = inside.group.roles.get(userId);
    if (target === undefined) return reject('member-not-found');
    const isOneself = userId === meta.actorId;
    if (!mayChangeRole(inside.own, { target, isOneself, role })) return reject('role-too-low');
    if (target === role) return accept();
    if (isLastOwner(inside.group.roles, userId)) return reject('last-owner');

    return accept({ type: 'conversation.role-changed', data: { conversationId, userId, role } });
  },

  'conversation.transfer-ownership': (state, { data, meta }) => {
    const inside = enterGroup(state, meta.actorId);
    if (typeof inside === 'string') return reject(inside);
    if (inside.own !== 'owner') return reject('role-too-low');
    const { conversationId, userId } = data;
    if (!inside.group.roles.has(userId)) return reject('member-not-found');
    if (userId === meta.actorId) return accept();

    return accept({
      type: 'conversation.ownership-transferred',
      data: { conversationId, from: meta.actorId, to: userId },
    });
  },
};
