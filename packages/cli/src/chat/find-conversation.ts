import type { Conversation } from '@parley/client';

import type { ChatRoom } from './chat-room.ts';
import { PlainError } from './plain-error.ts';

/** The conversation that is meant by a number of the last list, or by a name or its beginning. */
export function findConversation(room: ChatRoom, wanted: string): Conversation {
  const byNumber = /^\d+$/.test(wanted) ? room.lastNumbered()[Number(wanted) - 1] : undefined;
  // A name means what is there now, a number what was shown.
  const summaries = room.chat.conversations();
  const name = wanted.toLowerCase();
  const byName =
    summaries.find(({ title }) => title.toLowerCase() === name) ??
    summaries.find(({ title }) => title.toLowerCase().startsWith(name));
  const found = wanted === '' ? undefined : (byNumber ?? byName);
  const conversation = found && room.chat.conversation(found.conversationId);
  if (conversation === undefined) throw new PlainError('There is no such conversation; /list shows them.');
  return conversation;
}
