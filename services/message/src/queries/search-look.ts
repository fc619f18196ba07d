import type { ConversationId, UserId } from '@parley/contracts';
import { type RawBuilder, sql } from 'kysely';

import type { SearchWord } from '../storage/folding.ts';
import { gramsToFind, markGram, type SearchMark } from '../storage/search-keys.ts';
import type { SearchRank } from './search-cursor.ts';

export interface SearchFilters {
  readonly conversationId?: ConversationId | undefined;
  readonly senderId?: UserId | undefined;
  readonly type?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly hasAttachment?: boolean | undefined;
  readonly mentionsMe?: boolean | undefined;
}

/** What somebody looks for. */
export interface SearchLook {
  readonly userId: UserId;
  readonly words: readonly SearchWord[];
  readonly filters: SearchFilters;
}

/** What every match has among its keys. */
export function keysToFind({ words, filters }: SearchLook): readonly number[] {
  const { conversationId, senderId, type, hasAttachment, mentionsMe } = filters;
  const marks: SearchMark[] = [
    ...(conversationId === undefined ? [] : [{ kind: 'conversation', value: conversationId } as const]),
    ...(senderId === undefined ? [] : [{ kind: 'sender', value: senderId } as const]),
    ...(type === undefined ? [] : [{ kind: 'type', value: type } as const]),
    ...(hasAttachment === true ? [{ kind: 'attachment' } as const] : []),
    ...(mentionsMe === true ? [{ kind: 'mention' } as const] : []),
  ];
  return [...new Set([...gramsToFind(words.map(({ folded }) => folded)), ...marks.map(markGram)])];
}

export function hasAccents({ words }: SearchLook): boolean {
  return words.some(({ isAccented }) => isAccented);
}

/** Whether an entry is a match: keys only propose. */
export function isMatch({ userId, words, filters }: SearchLook): RawBuilder<boolean> {
  const { conversationId, senderId, type, from, to, hasAttachment, mentionsMe } = filters;
  return allOf([
    ...words.map(({ folded }) => sql<boolean>`strpos(entry.folded, ${folded}) > 0`),
    ...(conversationId === undefined ? [] : [sql<boolean>`entry.conversation_id = ${conversationId}`]),
    ...(senderId === undefined ? [] : [sql<boolean>`entry.sender_id = ${senderId}`]),
    ...(type === undefined ? [] : [sql<boolean>`entry.type = ${type}`]),
    ...(from === undefined ? [] : [sql<boolean>`entry.sent_at >= ${from}`]),
    ...(to === undefined ? [] : [sql<boolean>`entry.sent_at < ${to}`]),
    ...(hasAttachment === undefined ? [] : [sql<boolean>`entry.has_attachment = ${hasAttachment}`]),
    ...(mentionsMe === true ? [sql<boolean>`entry.mentions && array[${userId}, 'all']`] : []),
  ]);
}

/** Whether a match has every accent that was typed; without any, none is better than another. */
export function isExact(look: SearchLook): RawBuilder<boolean> {
  if (!hasAccents(look)) return sql<boolean>`false`;
  return allOf(
    look.words
      .filter(({ isAccented }) => isAccented)
      .map(({ accented }) => sql<boolean>`strpos(coalesce(entry.accented, entry.folded), ${accented}) > 0`),
  );
}

export function isOfRank(look: SearchLook, rank: SearchRank | 'any'): RawBuilder<boolean> {
  if (rank === 'any') return sql<boolean>`true`;
  return rank === 'exact' ? isExact(look) : sql<boolean>`not (${isExact(look)})`;
}

function allOf(conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> {
  return conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`(${sql.join(conditions, sql` and `)})`;
}
