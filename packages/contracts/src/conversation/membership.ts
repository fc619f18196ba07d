import type { ConversationId, UserId } from '../kernel/scalars.ts';
import type { ConversationEvent } from './events.ts';
import { type ConversationSettings, defaultSettings, withSettings } from './settings.ts';
import type { ConversationKind, Role } from './views.ts';

/**
 * Who is in a conversation and what goes there, as its log says. The one rule that three services must share to the
 * letter: who may change a conversation, whose message is accepted, and who is shown an event.
 */
export type Membership = NotStarted | Started;

interface NotStarted {
  readonly status: 'not-started';
  readonly blockedIds: ReadonlySet<UserId>;
}

interface Started {
  /** Nobody is in a dissolved one; its roles say who was, at the end. */
  readonly status: 'active' | 'dissolved';
  readonly conversationId: ConversationId;
  readonly kind: ConversationKind;
  readonly roles: ReadonlyMap<UserId, Role>;
  readonly settings: ConversationSettings;
  /** Of a direct chat: whom the other one has blocked. Known even before the chat is opened. */
  readonly blockedIds: ReadonlySet<UserId>;
}

export const noMembership: Membership = { status: 'not-started', blockedIds: new Set() };

export function isMember(membership: Membership, userId: UserId): boolean {
  return membership.status === 'active' && membership.roles.has(userId);
}

export type SendRefusal = 'conversation-not-found' | 'conversation-dissolved' | 'blocked' | 'read-only';

/** Why somebody may not say anything here now; undefined where they may. */
export function refusalToSend(membership: Membership, userId: UserId): SendRefusal | undefined {
  if (membership.status === 'not-started') return 'conversation-not-found';
  const role = membership.roles.get(userId);
  if (role === undefined) return 'conversation-not-found';
  if (membership.status === 'dissolved') return 'conversation-dissolved';
  if (membership.blockedIds.has(userId)) return 'blocked';
  if (membership.settings.readOnly && role !== 'owner' && role !== 'admin') return 'read-only';
  return undefined;
}

/** One row per event of the `c` lane. */
export const evolveMembership: {
  readonly [T in ConversationEvent['type']]: (
    state: Membership,
    event: Extract<ConversationEvent, { type: T }>,
  ) => Membership;
} = {
  'conversation.started': ({ blockedIds }, { data }) => ({
    status: 'active',
    conversationId: data.conversationId,
    kind: data.kind,
    roles: new Map(data.members.map(({ userId, role }) => [userId, role])),
    settings: withSettings(defaultSettings, data.settings ?? {}),
    blockedIds,
  }),
  'conversation.members-added': (state, { data }) =>
    withRoles(
      state,
      data.members.map(({ userId, role }) => [userId, role]),
    ),
  'conversation.member-joined': (state, { data }) => withRoles(state, [[data.userId, 'member']]),
  'conversation.member-removed': (state, { data }) => without(state, data.userId),
  'conversation.member-left': (state, { data }) => without(state, data.userId),
  'conversation.role-changed': (state, { data }) => withRoles(state, [[data.userId, data.role]]),
  'conversation.ownership-transferred': (state, { data }) =>
    withRoles(state, [
      [data.from, 'admin'],
      [data.to, 'owner'],
    ]),
  'conversation.updated': (state) => state,
  'conversation.settings-changed': (state, { data }) =>
    state.status === 'not-started'
      ? state
      : { ...state, settings: withSettings(state.settings, data.settings) },
  'conversation.dissolved': (state) =>
    state.status === 'not-started' ? state : { ...state, status: 'dissolved' },
  'conversation.invite-created': (state) => state,
  'conversation.invite-revoked': (state) => state,
  'conversation.person-blocked': (state, { data }) => ({
    ...state,
    blockedIds: new Set([...state.blockedIds, data.blockedId]),
  }),
  'conversation.person-unblocked': (state, { data }) => ({
    ...state,
    blockedIds: new Set([...state.blockedIds].filter((userId) => userId !== data.blockedId)),
  }),
};

/** Folds one event of the `c` lane into the membership. */
export function applyMembership(state: Membership, event: ConversationEvent): Membership {
  // TypeScript cannot see that table[event.type] accepts event.
  const evolve = evolveMembership[event.type] as (state: Membership, event: ConversationEvent) => Membership;
  return evolve(state, event);
}

function withRoles(state: Membership, roles: readonly (readonly [UserId, Role])[]): Membership {
  if (state.status === 'not-started') return state;
  return { ...state, roles: new Map([...state.roles, ...roles]) };
}

function without(state: Membership, userId: UserId): Membership {
  if (state.status === 'not-started') return state;
  const roles = new Map(state.roles);
  roles.delete(userId);
  return { ...state, roles };
}
