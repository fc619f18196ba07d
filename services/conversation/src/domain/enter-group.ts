import type { Role, UserId } from '@parley/contracts';

import type { ActiveGroup, Conversation } from './conversation.ts';

/** Somebody inside a group that can still be changed. */
export interface Inside {
  readonly group: ActiveGroup;
  readonly own: Role;
}

export type Outside = 'conversation-not-found' | 'conversation-dissolved' | 'direct-chat-is-fixed';

/** What every change of a group begins with: the actor's role in it, or why there is nothing to change for them. */
export function enterGroup({ membership }: Conversation, actorId: UserId): Inside | Outside {
  if (membership.status === 'not-started') return 'conversation-not-found';
  const own = membership.roles.get(actorId);
  if (own === undefined) return 'conversation-not-found';
  if (membership.kind === 'direct') return 'direct-chat-is-fixed';
  if (membership.status === 'dissolved') return 'conversation-dissolved';
  return { group: membership, own };
}
