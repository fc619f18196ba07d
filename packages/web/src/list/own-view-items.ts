import type { Conversation, ConversationSummary } from '@parley/client';
import { Archive, ArchiveRestore, Bell, BellOff, Clock, Mail, MailOpen, Pin, PinOff } from 'lucide-react';

import type { MenuItem } from '../parts/menu.tsx';
import { attempt } from '../state/notices.ts';
import { chat } from '../state/session.ts';
import type { Words } from '../words/en.ts';

const MUTE_MS = 8 * 3_600_000;

/** How a person may keep a conversation, from how they keep it now. */
export function ownViewItems(summary: ConversationSummary, words: Words): readonly MenuItem[] {
  const item = (label: string, icon: MenuItem['icon'], act: (one: Conversation) => Promise<void> | void) => ({
    label,
    icon,
    onChoose: () => {
      const conversation = chat.conversation(summary.conversationId);
      if (conversation !== undefined) void attempt(async () => act(conversation));
    },
  });
  const isUnread = summary.unreadCount > 0 || summary.isMarkedUnread;
  return [
    isUnread
      ? item(words.markRead, MailOpen, (one) => one.markRead())
      : item(words.markUnread, Mail, (one) => one.markUnread()),
    summary.isPinned
      ? item(words.unpinFromTop, PinOff, (one) => one.unpinFromTop())
      : item(words.pinToTop, Pin, (one) => one.pinToTop()),
    ...(summary.mutedUntil === null
      ? [
          item(words.mute, BellOff, (one) => one.mute()),
          item(words.muteFor, Clock, (one) => one.mute(new Date(Date.now() + MUTE_MS))),
        ]
      : [item(words.unmute, Bell, (one) => one.unmute())]),
    summary.isArchived
      ? item(words.unarchive, ArchiveRestore, (one) => one.unarchive())
      : item(words.archive, Archive, (one) => one.archive()),
  ];
}
