import type { Chat } from '@parley/client';
import { previewText } from '@parley/contracts';

import { plain, short } from './render.ts';

export interface ChangeNoticesParts {
  readonly chat: Chat;
  readonly nameOf: (userId: string) => string;
  readonly openId: () => string | undefined;
  readonly notice: (text: string) => void;
}

/** Says what happens to messages of the open conversation that are on the screen already; a pin has a line of its own. */
export function tellChanges({ chat, nameOf, openId, notice }: ChangeNoticesParts): void {
  const { connection } = chat;
  const who = (userId: string) => plain(nameOf(userId));
  const textOf = (conversationId: string, messageId: string) => {
    const { messages } = chat.conversation(conversationId)?.getSnapshot() ?? { messages: [] };
    return short(messages.find((message) => message.messageId === messageId)?.text ?? 'an older message');
  };
  connection.on('message_edited', ({ conversationId, messageId, content }) => {
    if (conversationId !== openId()) return;
    const before = textOf(conversationId, messageId);
    const after = short(previewText(content));
    notice(before === after ? `edited: ${after}` : `edited: ${before} → ${after}`);
  });
  connection.on('message_deleted', (deleted) => {
    if (deleted.conversationId !== openId() || deleted.scope === 'me') return;
    notice(`${who(deleted.deletedBy)} deleted a message`);
  });
  connection.on('message_reaction_updated', (reaction) => {
    const { conversationId, messageId, userId, emoji, action } = reaction;
    if (conversationId !== openId()) return;
    const does = action === 'added' ? `${emoji} on` : `no ${emoji} any more on`;
    notice(`${who(userId)}: ${does} "${textOf(conversationId, messageId)}"`);
  });
}
