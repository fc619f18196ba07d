import type { ChatMessage } from '@parley/client';

import type { ChatRoom } from './chat-room.ts';
import { PlainError } from './plain-error.ts';

export interface Picked {
  readonly message: ChatMessage;
  /** The words that do not say which message is meant. */
  readonly words: readonly string[];
}

/** The message that `#3` means, or the last one that fits where nothing says which. */
export function pickMessage(
  room: ChatRoom,
  words: readonly string[],
  fits: (message: ChatMessage) => boolean = () => true,
): Picked {
  const conversation = room.opened();
  const [first = '', ...rest] = words;
  if (/^#\d+$/.test(first)) {
    const key = room.lastNumberedMessages()[Number(first.slice(1)) - 1]?.key;
    // As it is now, under the number that was shown.
    const message = conversation.getSnapshot().messages.find((one) => one.key === key);
    if (message === undefined) throw new PlainError('There is no such number; /messages shows them.');
    return { message, words: rest };
  }
  const { messages } = conversation.getSnapshot();
  const message = messages.findLast(
    (one) => one.messageId !== undefined && !one.isDeleted && one.content?.type !== 'system' && fits(one),
  );
  if (message === undefined) throw new PlainError('There is no such message here yet.');
  return { message, words };
}

export const isOwn = (message: ChatMessage): boolean => message.isOwn;
export const isOfOthers = (message: ChatMessage): boolean => !message.isOwn;
