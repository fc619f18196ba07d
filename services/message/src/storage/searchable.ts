import type { Mention, MessageContent } from '@parley/contracts';

export function hasAttachment(content: MessageContent): boolean {
  return 'attachments' in content;
}

/** Whom a content calls by its entities: what messages have that were sent before mentions were kept for themselves. */
export function mentionedIn(content: MessageContent): readonly Mention[] {
  const entities = 'entities' in content ? (content.entities ?? []) : [];
  return entities.flatMap(({ userId, all }) => (all === true ? 'all' : (userId ?? [])));
}
