import type { MessagePreview, MutedUntil, SavedDraft } from '@parley/contracts';

/** A conversation as a list shows it. */
export interface ConversationSummary {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  /** The group's name, or the other person's. */
  readonly title: string;
  readonly memberCount: number;
  readonly unreadCount: number;
  /** How many of the unread messages call the person, by name or with everybody. */
  readonly mentionCount: number;
  readonly lastMessage: MessagePreview | undefined;
  readonly lastActivityAt: string;
  readonly isArchived: boolean;
  readonly isPinned: boolean;
  readonly isMarkedUnread: boolean;
  readonly mutedUntil: MutedUntil | null;
  readonly draft: SavedDraft | null;
}
