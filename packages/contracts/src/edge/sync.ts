import { z } from 'zod';

import { ConversationView } from '../conversation/views.ts';
import { PersonalSettings } from '../identity/views.ts';
import { ConversationId, DeviceId, MessageId, Position, SeqOrZero } from '../kernel/scalars.ts';
import {
  EndedStay,
  MISSED_ROW_COUNT_MAX,
  MissedConversation,
  MissedPositions,
} from '../message/sync-queries.ts';
import { MessageView } from '../message/views.ts';
import { defineRoute } from './route.ts';

/** How many conversations one `sync_request` may name. */
export const SYNC_CONVERSATION_COUNT_MAX = 200;
const CURSOR_LIMIT_MAX = 100;

/** How far a device has come, over everything that concerns its person. Opaque, signed, of one size. */
export const SyncToken = z
  .string()
  .min(1)
  .max(1_024)
  .regex(/^[\w-]+$/, 'must be one from an earlier answer');

/** Why a token could not be gone on from: the device is given everything anew. */
export const ResyncReason = z.enum(['SLOW_CONSUMER', 'GAP', 'EPOCH']);
export type ResyncReason = z.output<typeof ResyncReason>;

/**
 * What one conversation missed: its messages after the cursor, oldest first, those from before it that were changed
 * since, as they are now, and the number up to which that is complete.
 */
export const SyncedConversation = z.object({
  conversationId: ConversationId,
  messages: z.array(MessageView),
  changed: z.array(MessageView),
  upToSeq: SeqOrZero,
  hasMore: z.boolean(),
});
export type SyncedConversation = z.output<typeof SyncedConversation>;

const Hidden = z.array(z.object({ conversationId: ConversationId, messageId: MessageId }));

/** The answer to cursors: conversation by conversation, each after its own number. */
export const SyncedByCursors = z.object({
  conversations: z.array(SyncedConversation),
  /** Asked for, but no longer (or never) the person's to see. */
  removed: z.array(ConversationId),
  /** Deleted by the person for themselves. */
  hidden: Hidden,
  ownPosition: Position,
});
export type SyncedByCursors = z.output<typeof SyncedByCursors>;

/**
 * The answer to a token: a page of everything that was missed since. Ask on with its token as long as it has more;
 * then the token stands for now.
 */
export const SyncPage = z.object({
  token: SyncToken,
  hasMore: z.boolean(),
  /** The token said nothing that could be gone on from. What is not told from here on is not the person's. */
  resyncRequired: ResyncReason.nullable(),
  /** The conversations of which the page tells, as they are now: settings, membership, unread, drafts and all. */
  conversations: z.array(ConversationView),
  messages: z.array(MissedConversation),
  removed: z.array(EndedStay),
  positions: z.array(MissedPositions),
  /** Deleted by the person for themselves. */
  hidden: Hidden,
  /** The person's own; on the first page. */
  settings: PersonalSettings.nullable(),
});
export type SyncPage = z.output<typeof SyncPage>;

const request = {
  token: SyncToken.optional(),
  cursors: z
    .record(ConversationId, SeqOrZero)
    .refine(
      (cursors) => Object.keys(cursors).length <= SYNC_CONVERSATION_COUNT_MAX,
      'too many conversations at once',
    )
    .optional(),
  /** With cursors: where the person's own log stood at the answer before, to be told what they have hidden since. */
  ownPosition: Position.optional(),
  limit: z.int().min(1).max(MISSED_ROW_COUNT_MAX).optional(),
};

interface Asked {
  readonly token?: string | undefined;
  readonly cursors?: object | undefined;
  readonly ownPosition?: string | undefined;
  readonly limit?: number | undefined;
}

/** By a token or by cursors; by neither everything from the start. */
export const SyncRequest = oneWayOnly(z.strictObject(request));
export type SyncRequest = z.output<typeof SyncRequest>;

function oneWayOnly<Schema extends z.ZodType<Asked>>(schema: Schema): Schema {
  return schema
    .refine(({ token, cursors }) => token === undefined || cursors === undefined, {
      error: 'token and cursors exclude one another',
      path: ['cursors'],
    })
    .refine(({ cursors, ownPosition }) => ownPosition === undefined || cursors !== undefined, {
      error: 'goes with cursors',
      path: ['ownPosition'],
    })
    .refine(({ cursors, limit = 1 }) => cursors === undefined || limit <= CURSOR_LIMIT_MAX, {
      error: `must be at most ${CURSOR_LIMIT_MAX} with cursors`,
      path: ['limit'],
    });
}

/** The same of a device that says which one it is. */
export const DeviceConnect = oneWayOnly(z.strictObject({ ...request, deviceId: DeviceId.optional() }));

export const syncRoutes = {
  sync: defineRoute({
    method: 'GET',
    path: '/sync',
    auth: 'session',
    status: 200,
    query: z.strictObject({
      token: SyncToken.optional(),
      limit: z.coerce.number().int().min(1).max(MISSED_ROW_COUNT_MAX).optional(),
    }),
    answer: SyncPage,
    summary: 'What was missed since a token, page by page; without one everything from the start.',
  }),
} as const;
