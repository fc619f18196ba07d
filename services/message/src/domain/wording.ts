import type { MessageType, SentContent, Wording } from '@parley/contracts';

import type { KnownMessage } from './known-message.ts';

/** Whether there are words in a message of this type that could be others. */
export function hasWords(type: MessageType): boolean {
  return type === 'text' || type === 'image' || type === 'video' || type === 'file';
}

/** What a message says with other words, everything beside them as it is; nothing where it has none. */
export function withWording(
  { type, content }: KnownMessage,
  { text, entities }: Wording,
): SentContent | undefined {
  const words = { text, ...(entities ? { entities } : {}) };
  if (type === 'text') return { type, ...words };
  if (content?.type !== 'image' && content?.type !== 'video' && content?.type !== 'file') return undefined;
  const { entities: _, ...rest } = content;
  return { ...rest, ...words };
}
