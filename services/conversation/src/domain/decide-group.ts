import type { CommandOf, ConversationEvent, SettingsChange, updateConversation } from '@parley/contracts';
import { accept, reject } from '@parley/event-sourcing';

import type { About, ActiveGroup, Rules } from './conversation.ts';
import { enterGroup } from './enter-group.ts';
import { isAtLeast } from './roles.ts';

/** What a group shows of itself, what goes there, and its end. */
export const decideGroup: Rules<'conversation.update' | 'conversation.dissolve'> = {
  'conversation.update': (state, { data, meta }) => {
    const inside = enterGroup(state, meta.actorId);
    if (typeof inside === 'string') return reject(inside);
    if (!isAtLeast(inside.own, 'admin')) return reject('role-too-low');
    const isAsBefore = data.avatarFileId === state.about.avatarFileId;
    if (data.pictureRefusal && !isAsBefore) return reject(data.pictureRefusal);

    return accept(...updateOf(state.about, data), ...settingsChangeOf(inside.group, data));
  },

  'conversation.dissolve': ({ membership }, { data, meta }) => {
    if (membership.status === 'not-started') return reject('conversation-not-found');
    const own = membership.roles.get(meta.actorId);
    if (own === undefined) return reject('conversation-not-found');
    if (membership.kind === 'direct') return reject('direct-chat-is-fixed');
    if (own !== 'owner') return reject('role-too-low');
    if (membership.status === 'dissolved') return accept();

    const memberIds = [...membership.roles.keys()];
    return accept({
      type: 'conversation.dissolved',
      data: { conversationId: data.conversationId, memberIds },
    });
  },
};

type Update = CommandOf<typeof updateConversation>['data'];

/** What differs from how it is: saying the same again is no event. */
function updateOf(about: About, data: Update): ConversationEvent[] {
  const { conversationId, name, description, avatarFileId } = data;
  const changes = {
    ...(name === undefined || name === about.name ? {} : { name }),
    ...(description === undefined || description === (about.description ?? '') ? {} : { description }),
    ...(avatarFileId === undefined || avatarFileId === (about.avatarFileId ?? null) ? {} : { avatarFileId }),
  };
  if (Object.keys(changes).length === 0) return [];
  return [{ type: 'conversation.updated', data: { conversationId, ...changes } }];
}

function settingsChangeOf(
  group: ActiveGroup,
  { conversationId, settings = {} }: Update,
): ConversationEvent[] {
  const changed = Object.entries(settings).filter(
    ([name, value]) => value !== undefined && value !== group.settings[name as keyof SettingsChange],
  );
  if (changed.length === 0) return [];
  return [
    {
      type: 'conversation.settings-changed',
      data: { conversationId, settings: Object.fromEntries(changed) },
    },
  ];
}
