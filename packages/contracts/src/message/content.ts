import { z } from 'zod';

import { ATTACHMENT_COUNT_MAX } from '../file/commands.ts';
import { DURATION_MS_MAX, FileDescription } from '../file/views.ts';
import { FileId, isSoundText, nameText, StickerId, UserId } from '../kernel/scalars.ts';

export const TEXT_LENGTH_MAX = 10_000;
export const ENTITY_COUNT_MAX = 200;
/** How many people one message may mention by name. */
export const MENTION_COUNT_MAX = 50;
export const ATTACHMENT_CAPTION_LENGTH_MAX = 1_000;
export const PLACE_NAME_LENGTH_MAX = 200;
export const CONTACT_NAME_LENGTH_MAX = 100;

export const MessageType = z.enum([
  'text',
  'image',
  'video',
  'audio',
  'file',
  'sticker',
  'location',
  'contact',
  'call',
  'system',
]);
export type MessageType = z.output<typeof MessageType>;

/** Whom a message calls: people by name, or everybody. */
export const Mention = z.union([UserId, z.literal('all')]);
export type Mention = z.output<typeof Mention>;

/** A range of the text with a meaning; offset and length in UTF-16 units. Never HTML. */
export const TextEntity = z
  .strictObject({
    type: z.enum(['mention', 'link', 'bold', 'italic', 'code', 'pre', 'emoji']),
    offset: z.int().min(0).max(TEXT_LENGTH_MAX),
    length: z.int().min(1).max(TEXT_LENGTH_MAX),
    userId: UserId.optional(),
    /** Of a mention that means everybody who is in the conversation: `@all`. */
    all: z.literal(true).optional(),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .refine(isSoundText, 'must be well-formed Unicode without NUL')
      .optional(),
  })
  .refine(({ type, userId, all }) => [userId, all].filter(Boolean).length === (type === 'mention' ? 1 : 0), {
    error: 'a mention, and nothing else, names a userId or says all',
  })
  .refine((entity) => entity.url === undefined || entity.type === 'link', { error: 'only a link has a url' });
export type TextEntity = z.output<typeof TextEntity>;

/** 1–10,000 UTF-16 units that are more than blanks, with no NUL and no half of a surrogate pair. */
export const MessageText = z
  .string()
  .min(1)
  .max(TEXT_LENGTH_MAX)
  .refine((text) => text.trim().length > 0, 'must not be blank')
  .refine(isSoundText, 'must be well-formed Unicode without NUL');

const AttachmentCaption = z
  .string()
  .trim()
  .min(1)
  .max(ATTACHMENT_CAPTION_LENGTH_MAX)
  .refine(isSoundText, 'must be well-formed Unicode without NUL');

/** A file that a sender puts into a message. */
export const AttachmentToSend = z.strictObject({ fileId: FileId, caption: AttachmentCaption.optional() });
export type AttachmentToSend = z.output<typeof AttachmentToSend>;

/** A file in a message, described as it was when it was attached. */
export const Attachment = AttachmentToSend.extend(FileDescription.shape);
export type Attachment = z.output<typeof Attachment>;

const words = { text: MessageText, entities: z.array(TextEntity).max(ENTITY_COUNT_MAX).optional() };
const caption = { text: MessageText.optional(), entities: words.entities };

/** What each type holds beside its attachments. A send's body at the edge is made of the same fields. */
export const contentFields = {
  words,
  caption,
  voice: z.boolean().optional(),
  stickerId: StickerId,
  location: {
    lat: z.number().min(-90).max(90),
    lng: z.number().min(-180).max(180),
    name: nameText(PLACE_NAME_LENGTH_MAX).optional(),
  },
  contact: {
    name: nameText(CONTACT_NAME_LENGTH_MAX),
    userId: UserId.optional(),
    phone: z
      .string()
      .regex(/^\+?[0-9][0-9 ().-]{2,31}$/, 'must be a telephone number')
      .optional(),
  },
  call: {
    media: z.enum(['audio', 'video']),
    outcome: z.enum(['ended', 'missed', 'declined', 'cancelled']),
    durationMs: z.int().min(0).max(DURATION_MS_MAX).optional(),
  },
} as const;

function contentsWith<A extends z.ZodType>(attachment: A) {
  const one = z.array(attachment).length(1);
  const several = z.array(attachment).min(1).max(ATTACHMENT_COUNT_MAX);
  return [
    z.strictObject({ type: z.literal('text'), ...words }),
    z.strictObject({ type: z.literal('image'), attachments: several, ...caption }),
    z.strictObject({ type: z.literal('video'), attachments: several, ...caption }),
    z.strictObject({ type: z.literal('audio'), attachments: one, voice: contentFields.voice }),
    z.strictObject({ type: z.literal('file'), attachments: one, ...caption }),
    z.strictObject({ type: z.literal('sticker'), stickerId: StickerId }),
    z.strictObject({ type: z.literal('location'), ...contentFields.location }),
    z.strictObject({ type: z.literal('contact'), ...contentFields.contact }),
    z.strictObject({ type: z.literal('call'), ...contentFields.call }),
  ] as const;
}

/** A text and what its parts mean: what an edit says anew. */
export const Wording = z
  .strictObject(words)
  .superRefine((wording, context) => checkContent({ type: 'text', ...wording }, context));
export type Wording = z.output<typeof Wording>;

/** What a person asks to send, by its type. */
export const ContentToSend = z
  .discriminatedUnion('type', contentsWith(AttachmentToSend))
  .superRefine(checkContent);
export type ContentToSend = z.output<typeof ContentToSend>;

/** What was sent: as asked, with each file described as it was when it was attached. */
export const SentContent = z.discriminatedUnion('type', contentsWith(Attachment)).superRefine(checkContent);
export type SentContent = z.output<typeof SentContent>;

/** What became of a conversation, said in its timeline; clients put it into the words of their language. */
export const SystemContent = z.strictObject({
  type: z.literal('system'),
  template: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  variables: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});
export type SystemContent = z.output<typeof SystemContent>;

/** What a message holds, as its readers see it. */
export const MessageContent = z.discriminatedUnion('type', [...contentsWith(Attachment), SystemContent]);
export type MessageContent = z.output<typeof MessageContent>;

type AnyContent = MessageContent | ContentToSend;

/** What a message says in words: its text, or the caption of what it shows. */
export function wordsOf(content: AnyContent | null): string {
  return content !== null && 'text' in content ? (content.text ?? '') : '';
}

/** Whom a content calls, each once. */
export function mentionsIn(content: AnyContent): Mention[] {
  const entities = 'entities' in content ? (content.entities ?? []) : [];
  const called = entities.flatMap(({ userId, all }): Mention[] => (all ? ['all'] : userId ? [userId] : []));
  return [...new Set(called)];
}

/** One line for a list, in plain English: the words where there are any, else what else the message is. */
export function previewText(content: AnyContent | null): string {
  if (content === null) return 'This message was deleted';
  return wordsOf(content) || nameOf(content);
}

/** What each type is called where it says nothing itself. */
const names: {
  readonly [T in MessageType]: (content: Extract<AnyContent, { readonly type: T }>) => string;
} = {
  text: ({ text }) => text,
  image: ({ attachments: { length } }) => (length === 1 ? 'Photo' : `${length} photos`),
  video: ({ attachments: { length } }) => (length === 1 ? 'Video' : `${length} videos`),
  audio: ({ voice }) => (voice === true ? 'Voice message' : 'Audio'),
  file: ({ attachments }) => attachments.map((file) => ('name' in file ? file.name : 'File')).join(', '),
  sticker: () => 'Sticker',
  location: ({ name }) => name ?? 'Location',
  contact: ({ name }) => name,
  call: ({ media, outcome }) => `${callNames[outcome]} ${media} call`,
  system: ({ template }) => template.replaceAll('-', ' '),
};

const callNames = { ended: 'Ended', missed: 'Missed', declined: 'Declined', cancelled: 'Cancelled' } as const;

function nameOf(content: AnyContent): string {
  // TypeScript cannot see that table[content.type] accepts content.
  return (names[content.type] as (content: AnyContent) => string)(content);
}

/** What is wrong with a content though each of its fields is right. */
export function contentFaults(
  content: ContentToSend,
): { readonly field: string; readonly message: string }[] {
  const faults: { readonly field: string; readonly message: string }[] = [];
  if ('entities' in content) {
    const { length } = wordsOf(content);
    const entities = content.entities ?? [];
    if (entities.some((entity) => entity.offset + entity.length > length)) {
      faults.push({ field: 'entities', message: 'every entity must lie inside the text' });
    }
    const mentioned = new Set(entities.flatMap(({ userId }) => userId ?? []));
    if (mentioned.size > MENTION_COUNT_MAX) {
      faults.push({ field: 'entities', message: `a message mentions at most ${MENTION_COUNT_MAX} people` });
    }
  }
  if ('attachments' in content) {
    const fileIds = new Set(content.attachments.map(({ fileId }) => fileId));
    if (fileIds.size < content.attachments.length) {
      faults.push({ field: 'attachments', message: 'a file is attached once' });
    }
  }
  if (content.type === 'contact' && content.userId === undefined && content.phone === undefined) {
    faults.push({ field: 'phone', message: 'a contact has a userId or a phone' });
  }
  if (content.type === 'call' && content.durationMs !== undefined && content.outcome !== 'ended') {
    faults.push({ field: 'durationMs', message: 'only a call that took place has a duration' });
  }
  return faults;
}

function checkContent(content: ContentToSend, context: z.RefinementCtx): void {
  for (const { field, message } of contentFaults(content)) {
    context.addIssue({ code: 'custom', path: [field], message, input: content });
  }
}
