import { refusedHere } from './api-error.ts';
import type { ChatMessage } from './chat-message.ts';

/** A message that something is done to: as it is shown, or its id. */
export type MessageNamed = string | Pick<ChatMessage, 'messageId'>;

/** A message that is said again elsewhere: as it is shown, because it is shown there at once. */
export type ForwardableMessage = Pick<ChatMessage, 'messageId' | 'content' | 'forwardedFrom'>;

/** @throws {ApiError} where the server does not have the message yet. */
export function messageIdOf(message: MessageNamed): string {
  const messageId = typeof message === 'string' ? message : message.messageId;
  if (messageId === undefined) throw refusedHere('not-sent-yet', 'The message has not been sent yet.');
  return messageId;
}
