import { type MessageContent, wordsOf } from '@parley/contracts';
import type { ChatMessage } from '@parley/client';

import type { Words } from './en.ts';
import { systemText } from './system-text.ts';

type Content = ChatMessage['content'];

/** One line for lists, quotes and notices. */
export function previewOf(content: Content, words: Words, nameOf: (userId: string) => string): string {
  if (content === null) return words.deleted;
  if (content.type === 'system') return systemText(content, words, nameOf);
  return wordsOf(content) || kindOf(content, words);
}

/** What a message is called that has no words. */
export function kindOf(content: Exclude<Content, null>, words: Words): string {
  const names: { readonly [T in MessageContent['type']]: () => string } = {
    text: () => wordsOf(content),
    image: () => ('attachments' in content ? words.photos(content.attachments.length) : words.photo),
    video: () => words.video,
    audio: () => ('voice' in content && content.voice === true ? words.voice : words.audio),
    file: () => nameIn(content) ?? words.file,
    sticker: () => words.sticker,
    location: () => nameIn(content) ?? words.location,
    contact: () => nameIn(content) ?? words.contact,
    call: () => ('outcome' in content ? words.calls[content.outcome] : words.call),
    system: () => '',
  };
  return names[content.type]();
}

function nameIn(content: Exclude<Content, null>): string | undefined {
  if ('name' in content && content.name !== undefined) return content.name;
  const [file] = 'attachments' in content ? content.attachments : [];
  return file !== undefined && 'name' in file ? String(file.name) : undefined;
}
