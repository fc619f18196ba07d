import { previewText } from '@parley/contracts';

import type { ChatCommand } from './chat-commands.ts';
import type { ChatRoom } from './chat-room.ts';
import { plain, short } from './render.ts';

/** What was typed here and has not been stored: waiting for a connection, or refused. */
export const unsentCommands: Readonly<Record<string, ChatCommand>> = {
  unsent: {
    usage: '/unsent',
    help: 'what is not sent yet, and what was refused',
    run: (room) => {
      const unsent = room.chat.unsent();
      if (unsent.length === 0) room.print('Everything is sent.');
      for (const change of unsent) {
        const { conversationId, content } = change.item;
        const title =
          room.chat.conversation(conversationId)?.getSnapshot().title ?? 'a conversation that is gone';
        const why = change.state === 'failed' ? `! ${change.error.message}` : '…';
        room.print(`  [${plain(title)}] ${short(previewText(content))} ${why}`);
      }
    },
  },
  retry: {
    usage: '/retry',
    help: 'try what was refused again',
    run: (room) => forEachRefused(room, (key) => room.chat.retry(key)),
  },
  discard: {
    usage: '/discard',
    help: 'give up what was refused',
    run: (room) => forEachRefused(room, (key) => room.chat.discard(key)),
  },
};

/** Says how much of what was typed here is not stored yet; nothing where all is. */
export function tellUnsent(room: ChatRoom): void {
  const { unsentCount } = room.chat;
  const refusedCount = room.chat.unsent().length - unsentCount;
  if (unsentCount > 0) room.print(`${unsentCount} of your messages wait here until there is a connection.`);
  if (refusedCount > 0) room.print(`${refusedCount} of your messages were refused; /unsent shows them.`);
}

function forEachRefused(room: ChatRoom, act: (key: string) => void): void {
  const refused = room.chat.unsent().filter(({ state }) => state === 'failed');
  if (refused.length === 0) room.print('Nothing was refused.');
  for (const { item } of refused) act(item.localId);
}
