import type { ContentToSend } from '@parley/contracts';

/**
 * 64 bits that tell one content from another (FNV-1a from two starting points). It guards a client against its
 * own mistake of using an id twice, not against an attacker: an id belongs to one sender.
 */
export function fingerprint(content: ContentToSend): string {
  const text = JSON.stringify(inOneOrder(asked(content)));
  return `${fnv1a(text, 0x811c9dc5)}${fnv1a(text, 0x9747b28c)}`;
}

/** What was asked for: what a file is said to be came later. */
function asked(content: ContentToSend): object {
  if (!('attachments' in content)) return content;
  const attachments = content.attachments.map(({ fileId, caption }) => ({ fileId, caption }));
  return { ...content, attachments };
}

/** The order of fields says nothing, and a database does not keep it. */
function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOneOrder);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return fields
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => [name, inOneOrder(field)]);
}

function fnv1a(text: string, start: number): string {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
