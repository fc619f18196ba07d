import { z } from 'zod';

import { ATTACHMENT_COUNT_MAX } from '../file/commands.ts';
import { Cursor, defineQuery, PageLimit, pageOf } from '../kernel/query.ts';
import { ConversationId, isSoundText, UserId } from '../kernel/scalars.ts';
import { type MessageContent, MessageType } from './content.ts';
import { MessageView } from './views.ts';

export const SEARCH_TEXT_LENGTH_MAX = 500;
/** How many matches are counted for the facets. */
export const FACET_MATCH_COUNT_MAX = 1_000;
/** How many senders and conversations the facets name: those with the most matches. */
export const FACET_VALUE_COUNT_MAX = 20;
export const HIGHLIGHT_COUNT_MAX = 100;

const Moment = z.iso.datetime({ offset: true });
const Flag = z.stringbool().or(z.boolean());

const filters = {
  /** Words, all of which a message must have, in any order and in any part of a word. Nothing in it is an operator. */
  q: z
    .string()
    .max(SEARCH_TEXT_LENGTH_MAX)
    .refine((text) => text.trim() !== '', 'must not be blank')
    .refine(isSoundText, 'must be well-formed Unicode without NUL')
    .optional(),
  conversationId: ConversationId.optional(),
  senderId: UserId.optional(),
  type: z.string().toLowerCase().pipe(MessageType).optional(),
  /** Sent at this time or later. */
  from: Moment.optional(),
  /** Sent before this time. */
  to: Moment.optional(),
  hasAttachment: Flag.optional(),
  mentionsMe: Flag.optional(),
  cursor: Cursor.optional(),
  limit: PageLimit,
};

export const SearchFilters = asksForSomething(z.strictObject(filters));

/**
 * Where in a message a word was found: offset and length in UTF-16 units of what was written there. `name` is that of a
 * place or a contact; `caption` and `file-name` are those of an attachment, which is named by its index.
 */
export const Highlight = z.object({
  field: z.enum(['text', 'caption', 'file-name', 'name']),
  attachment: z.int().min(0).max(ATTACHMENT_COUNT_MAX).optional(),
  offset: z.int().min(0),
  length: z.int().min(1),
});
export type Highlight = z.output<typeof Highlight>;

/** Which words of a message. */
export type SearchablePlace = Pick<Highlight, 'field' | 'attachment'>;

export interface SearchablePart extends SearchablePlace {
  readonly text: string;
}

/** The words of a message that people look for, in the order in which they read them. */
export function searchableParts(content: MessageContent): readonly SearchablePart[] {
  return [
    ...('text' in content ? part('text', content.text) : []),
    ...('name' in content ? part('name', content.name) : []),
    ...('attachments' in content ? content.attachments : []).flatMap((file, attachment) =>
      [...part('file-name', file.name), ...part('caption', file.caption)].map((one) => ({
        ...one,
        attachment,
      })),
    ),
  ];
}

export const SearchHit = z.object({ message: MessageView, highlights: z.array(Highlight) });
export type SearchHit = z.output<typeof SearchHit>;

const count = z.int().min(1);

/**
 * How the matches spread. Exact when all of them were counted; else they are the counts of the newest ones that
 * were, and there are at least so many.
 */
export const SearchFacets = z.object({
  isExact: z.boolean(),
  matchCount: z.int().min(0),
  types: z.array(z.object({ type: MessageType, count })),
  senders: z.array(z.object({ userId: UserId, count })).max(FACET_VALUE_COUNT_MAX),
  conversations: z.array(z.object({ conversationId: ConversationId, count })).max(FACET_VALUE_COUNT_MAX),
});
export type SearchFacets = z.output<typeof SearchFacets>;

export const SearchAnswer = pageOf(SearchHit).extend({
  /** On the first page; later ones have the same. */
  facets: SearchFacets.nullable(),
});
export type SearchAnswer = z.output<typeof SearchAnswer>;

/**
 * Messages of one's own conversations: those with the accents that were typed first, then the newest first. A page
 * may hold fewer than asked for, even none, and yet have more after it: one question looks through so much only.
 */
export const searchMessages = defineQuery({
  type: 'message.search-messages',
  input: asksForSomething(z.strictObject({ userId: UserId, ...filters })),
  answer: SearchAnswer,
  rejections: [],
});

function asksForSomething<Schema extends z.ZodObject<typeof filters>>(schema: Schema): Schema {
  return schema.refine(
    ({ q, conversationId, senderId, type, hasAttachment, mentionsMe }) =>
      [q, conversationId, senderId, type, hasAttachment, mentionsMe].some((asked) => asked !== undefined),
    'must say what to look for: q or a filter',
  );
}

function part(field: Highlight['field'], text: string | undefined): readonly SearchablePart[] {
  return text === undefined ? [] : [{ field, text }];
}
