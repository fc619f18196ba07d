import type { Role, UserId } from '@parley/contracts';

const ranks: { readonly [R in Role]: number } = { owner: 3, admin: 2, moderator: 1, member: 0 };

/** Whether a role is at least another one. */
export function isAtLeast(role: Role, other: Role): boolean {
  return ranks[role] >= ranks[other];
}

/** Whom a role may remove: an owner anybody, the others those below them. */
export function mayRemove(role: Role, target: Role): boolean {
  return role === 'owner' || ranks[role] > ranks[target];
}

/**
 * Whose role a role may change, and to what: an owner anybody's to anything; an admin that of those below, and their
 * own, to anything below. The others nobody's.
 */
export function mayChangeRole(
  own: Role,
  change: { readonly target: Role; readonly isOneself: boolean; readonly role: Role },
): boolean {
  if (own === 'owner') return true;
  if (own !== 'admin') return false;
  return !isAtLeast(change.role, 'admin') && (change.isOneself || !isAtLeast(change.target, 'admin'));
}

/** Whether the group would be without an owner but for this one. */
export function isLastOwner(roles: ReadonlyMap<UserId, Role>, userId: UserId): boolean {
  if (roles.get(userId) !== 'owner') return false;
  return [...roles.values()].filter((role) => role === 'owner').length === 1;
}
