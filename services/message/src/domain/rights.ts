import { type Membership, refusalToSend, type Role, type UserId } from '@parley/contracts';

const ranks: { readonly [R in Role]: number } = { owner: 3, admin: 2, moderator: 1, member: 0 };

type Refusal = 'message-not-found' | 'conversation-dissolved' | 'blocked';

/** Why somebody may not do anything to a message here now; undefined where they may. */
export function refusalToChange(membership: Membership, actorId: UserId): Refusal | undefined {
  const refusal = refusalToSend(membership, actorId);
  if (refusal === 'conversation-not-found') return 'message-not-found';
  // Where only some speak, the others still point.
  return refusal === 'read-only' ? undefined : refusal;
}

/** Whether somebody may delete what another one sent: an owner anybody's, the others those below them. */
export function mayDeleteFrom(membership: Membership, actorId: UserId, senderId: UserId): boolean {
  const own = roleOf(membership, actorId);
  if (own === undefined) return false;
  // Who has gone is below every moderator.
  return own === 'owner' || ranks[own] > ranks[roleOf(membership, senderId) ?? 'member'];
}

/** Whether somebody may pin: in a direct chat both, in a group moderators and above, or all if its settings say so. */
export function mayPin(membership: Membership, actorId: UserId): boolean {
  const own = roleOf(membership, actorId);
  if (membership.status === 'not-started' || own === undefined) return false;
  if (membership.kind === 'direct' || membership.settings.membersCanPin) return true;
  return ranks[own] >= ranks.moderator;
}

/** Whether somebody may call everybody at once. */
export function mayMentionAll(membership: Membership, actorId: UserId): boolean {
  const role = roleOf(membership, actorId);
  return role !== undefined && ranks[role] >= ranks.moderator;
}

function roleOf(membership: Membership, userId: UserId): Role | undefined {
  return membership.status === 'not-started' ? undefined : membership.roles.get(userId);
}
