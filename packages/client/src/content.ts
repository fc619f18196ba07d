import type { ContentToSend, MessageContent, Wording } from '@parley/contracts';

import type { PayloadOf } from './connection.ts';
import type { OutboxItem } from './outbox-storage.ts';
import type { InputOf } from './schema-types.ts';

type ContentInput = InputOf<typeof ContentToSend>;

/** What can be said: words, or a content of any type, as `{ type: 'sticker', stickerId }`. */
export type Sayable = string | ContentInput;

/** Words, with what parts of them mean where they mean something. */
export type Words = string | InputOf<typeof Wording>;

/** What is said, as a content. The server judges it: an id is any string until then. */
export function contentOf(said: Sayable): ContentToSend {
  return (typeof said === 'string' ? { type: 'text', text: said } : said) as ContentToSend;
}

/** Words as an edit says them. */
export function wordsToSay(words: Words): Pick<PayloadOf<'edit_message'>, 'content' | 'entities'> {
  if (typeof words === 'string') return { content: words };
  const { text, entities } = words;
  return { content: text, ...(entities === undefined ? {} : { entities }) };
}

/** An item as `send_message` takes it: the fields of its content, with the words under `content`. */
export function sendBodyOf(item: OutboxItem): PayloadOf<'send_message'> {
  const { conversationId, clientMessageId, replyToId, content } = item;
  const { text, ...rest }: Partial<Extract<MessageContent, { type: 'text' }>> = content as never;
  const body = {
    ...rest,
    ...(text === undefined ? {} : { content: text }),
    ...(replyToId === undefined ? {} : { replyToId }),
    conversationId,
    clientMessageId,
  };
  // TypeScript cannot see that the fields of a content, its words renamed, are those of its type's body.
  return body as PayloadOf<'send_message'>;
}
