import { z } from 'zod';

import { defineQuery } from '../kernel/query.ts';
import { ConversationId, UserId } from '../kernel/scalars.ts';
import { MISSED_CONVERSATION_COUNT_MAX, MissedHead } from '../message/sync-queries.ts';
import { ConversationView } from './views.ts';

const LogPosition = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const ConversationLimit = z.int().min(1).max(MISSED_CONVERSATION_COUNT_MAX);

/** Some of a person's conversations, as they are now; who is not in one (any more) is not told of it. */
export const getConversations = defineQuery({
  type: 'conversation.get-conversations',
  input: z.strictObject({
    userId: UserId,
    conversationIds: z.array(ConversationId).min(1).max(MISSED_CONVERSATION_COUNT_MAX),
  }),
  answer: z.object({ conversations: z.array(ConversationView) }),
  rejections: [],
});

/**
 * A person's conversations that have not moved on since a position in the conversations' stream, but which the person
 * has read or keeps otherwise since then and since one in the people's, as they are now; by id, after one.
 */
export const listTouchedConversations = defineQuery({
  type: 'conversation.list-touched-conversations',
  input: z.strictObject({
    userId: UserId,
    since: z.strictObject({ conv: LogPosition, user: LogPosition }),
    after: ConversationId.optional(),
    limit: ConversationLimit,
  }),
  answer: z.object({ conversations: z.array(ConversationView), hasMore: z.boolean() }),
  rejections: [],
});

/** Those that have moved on, and how far they have come: by id, from one on, that one included. */
export const listMissedHeads = defineQuery({
  type: 'conversation.list-missed-heads',
  input: z.strictObject({
    userId: UserId,
    since: LogPosition,
    from: ConversationId.optional(),
    limit: ConversationLimit,
  }),
  answer: z.object({
    heads: z.array(MissedHead),
    hasMore: z.boolean(),
  }),
  rejections: [],
});

export const conversationSyncQueries = [getConversations, listTouchedConversations, listMissedHeads] as const;
