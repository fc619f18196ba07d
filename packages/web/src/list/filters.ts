import type { ConversationSummary } from '@parley/client';

export const filters = ['all', 'unread', 'groups', 'archived'] as const;
export type Filter = (typeof filters)[number];

const rows: { readonly [Name in Filter]: (conversation: ConversationSummary) => boolean } = {
  all: ({ isArchived }) => !isArchived,
  unread: ({ isArchived, unreadCount, isMarkedUnread }) => !isArchived && (unreadCount > 0 || isMarkedUnread),
  groups: ({ isArchived, kind }) => !isArchived && kind === 'group',
  archived: ({ isArchived }) => isArchived,
};

/** What a list shows: pinned ones first, then the latest activity, as the SDK sorts them. */
export function conversationsShown(
  conversations: readonly ConversationSummary[],
  filter: Filter,
): readonly ConversationSummary[] {
  const shown = conversations.filter(rows[filter]);
  return [...shown.filter(({ isPinned }) => isPinned), ...shown.filter(({ isPinned }) => !isPinned)];
}
