import { z } from 'zod';

import { startGroup } from '../conversation/commands.ts';
import { ChangedSettings } from '../conversation/settings.ts';
import { ConversationView, Role } from '../conversation/views.ts';
import {
  ConversationId,
  DeviceId,
  IdempotencyKey,
  MessageId,
  Position,
  FileId,
  Seq,
  SessionId,
  Timestamp,
  UserId,
} from '../kernel/scalars.ts';
import { PersonalSettings } from '../identity/views.ts';
import { MessageContent } from '../message/content.ts';
import { MissedConversation } from '../message/sync-queries.ts';
import { MessageView } from '../message/views.ts';
import { OwnView } from '../own-view/views.ts';
import { PRESENCE_PEOPLE_COUNT_MAX, PresenceView } from '../presence/views.ts';
import {
  ChangedAnswer,
  DeletedAnswer,
  DeleteMessagePayload,
  EditMessagePayload,
  MarkedReadAnswer,
  MarkReadBody,
  ReceiptBody,
  ReceiptsAnswer,
  ReceiptsBody,
  ReactedAnswer,
  ReactPayload,
  SentAnswer,
} from './bodies.ts';
import { SendMessageBody } from './send-bodies.ts';
import {
  DeviceConnect,
  ResyncReason,
  SyncedByCursors,
  SyncedConversation,
  SyncPage,
  SyncRequest,
  SyncToken,
} from './sync.ts';

/** The version of the socket protocol. A client says it in the handshake; another one is refused. */
export const PROTOCOL_VERSION = 1;
export const FRAME_BYTES_MAX = 65_536;
export const JOIN_CONVERSATION_COUNT_MAX = 200;

/** How a socket wants events to be called. The names of the contract are in snake case; see `naming.ts`. */
export const EventNaming = z.enum(['snake_case', 'camelCase']);
export type EventNaming = z.output<typeof EventNaming>;

export const Handshake = z.object({
  token: z.string().max(8_192).optional(),
  authorization: z.string().max(8_192).optional(),
  /** Where a client says it, it must be the device of its token. */
  deviceId: DeviceId.optional(),
  naming: EventNaming.default('snake_case'),
  protocol: z.coerce.number().int().default(PROTOCOL_VERSION),
  /** How far the device has come: what it missed is told before anything live. */
  syncToken: SyncToken.optional(),
});
export type Handshake = z.output<typeof Handshake>;

/** What a client may say over a socket, what its ack answers, and which events confirm it to a client without acks. */
export interface ClientEventContract {
  readonly payload: z.ZodType;
  readonly answer: z.ZodType;
  readonly confirmedBy?: { readonly success: string; readonly error?: string };
}

const ConversationIds = z
  .strictObject({
    conversationId: ConversationId.optional(),
    conversationIds: z.array(ConversationId).min(1).max(JOIN_CONVERSATION_COUNT_MAX).optional(),
  })
  .refine(
    ({ conversationId, conversationIds }) =>
      (conversationId === undefined) !== (conversationIds === undefined),
    {
      error: 'name conversationId or conversationIds',
    },
  );

const InConversation = z.strictObject({ conversationId: ConversationId });

const StartConversation = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('direct'),
    recipientId: UserId,
    idempotencyKey: IdempotencyKey.optional(),
  }),
  startGroup.input
    .omit({ conversationId: true })
    .extend({ kind: z.literal('group'), idempotencyKey: IdempotencyKey.optional() }),
]);

export const clientEvents = {
  send_message: {
    payload: SendMessageBody,
    answer: SentAnswer,
    confirmedBy: { success: 'message_sent', error: 'message_error' },
  },
  // To a client without acks, what everybody hears of the change confirms it.
  edit_message: { payload: EditMessagePayload, answer: ChangedAnswer },
  delete_message: { payload: DeleteMessagePayload, answer: DeletedAnswer },
  react_to_message: {
    payload: ReactPayload,
    answer: ReactedAnswer,
    confirmedBy: { success: 'react_to_message_success' },
  },
  remove_reaction: {
    payload: ReactPayload,
    answer: ReactedAnswer,
    confirmedBy: { success: 'react_to_message_success' },
  },
  mark_as_read: {
    payload: MarkReadBody,
    answer: MarkedReadAnswer,
    confirmedBy: { success: 'mark_as_read_success' },
  },
  message_read: { payload: ReceiptBody, answer: MarkedReadAnswer },
  message_delivered: { payload: ReceiptBody, answer: MarkedReadAnswer },
  read_receipts_batch: { payload: ReceiptsBody, answer: ReceiptsAnswer },
  join_conversation: {
    payload: ConversationIds,
    answer: z.object({ conversationIds: z.array(ConversationId) }),
    confirmedBy: { success: 'joined_conversation' },
  },
  leave_conversation: {
    payload: ConversationIds,
    answer: z.object({ conversationIds: z.array(ConversationId) }),
    confirmedBy: { success: 'left_conversation' },
  },
  typing_start: { payload: InConversation, answer: z.object({}) },
  typing_stop: { payload: InConversation, answer: z.object({}) },
  /** Whom the socket watches from now on, instead of those named before. */
  presence_subscribe: {
    payload: z.strictObject({ userIds: z.array(UserId).max(PRESENCE_PEOPLE_COUNT_MAX) }),
    answer: z.object({ people: z.array(PresenceView) }),
  },
  /** Whether the person at this device is away from it. */
  presence_update: {
    payload: z.strictObject({ status: z.enum(['online', 'away']) }),
    answer: z.object({}),
  },
  create_conversation: { payload: StartConversation, answer: ConversationView },
  sync_request: { payload: SyncRequest, answer: z.union([SyncPage, SyncedByCursors]) },
  /** The same under the name that says who asks; a device other than the session's is refused. */
  device_connect: { payload: DeviceConnect, answer: z.union([SyncPage, SyncedByCursors]) },
  refresh_token: {
    payload: z.strictObject({ token: z.string().max(8_192) }),
    answer: z.object({ expiresAt: Timestamp }),
  },
} as const satisfies Record<string, ClientEventContract>;

export type ClientEvents = typeof clientEvents;
export type ClientEventName = keyof ClientEvents;

const Changed = z.object({ conversationId: ConversationId, seq: Seq, at: Timestamp });
/** The line by which the history tells of the same. */
const Told = Changed.extend({ systemMessage: MessageView.optional() });
const MessageChanged = Changed.extend({ messageId: MessageId, messageSeq: Seq });

/** What the server says by itself. */
export const serverEvents = {
  connected: z.object({
    userId: UserId,
    deviceId: DeviceId,
    sessionId: SessionId,
    serverTime: Timestamp,
    limits: z.object({ frameBytesMax: z.int(), sendsPerSecond: z.int(), sendBurst: z.int() }),
    /** Everything after it is said live from here on; good once what came before it is known. */
    syncToken: SyncToken,
  }),
  message_received: z.object({ clientMessageId: z.string() }),
  message_sent: SentAnswer,
  message_error: z.object({ clientMessageId: z.string().optional() }).loose(),
  mark_as_read_success: MarkedReadAnswer,
  joined_conversation: z.object({ conversationIds: z.array(ConversationId) }),
  left_conversation: z.object({ conversationIds: z.array(ConversationId) }),
  new_message: z.object({ message: MessageView, clientMessageId: z.string() }),
  /** `seq` is the number of the change, `messageSeq` that of the message. */
  message_edited: MessageChanged.extend({ content: MessageContent, editedAt: Timestamp }),
  react_to_message_success: ReactedAnswer,
  /** For everyone a change as any other; for oneself told to the own devices only, and without a number. */
  message_deleted: z.discriminatedUnion('scope', [
    MessageChanged.extend({ scope: z.literal('everyone'), deletedBy: UserId }),
    MessageChanged.extend({ scope: z.literal('me'), seq: z.null(), position: Position }),
  ]),
  /** `count` is how many people have the emoji there now. */
  message_reaction_updated: MessageChanged.extend({
    userId: UserId,
    emoji: z.string(),
    action: z.enum(['added', 'removed']),
    count: z.int().min(0),
  }),
  message_pinned: MessageChanged.extend({
    isPinned: z.boolean(),
    pinnedBy: UserId,
    systemMessage: MessageView.optional(),
  }),
  new_conversation: z.object({ conversation: ConversationView }),
  conversation_removed: z.object({
    conversationId: ConversationId,
    seq: Seq,
    reason: z.enum(['removed', 'left', 'dissolved']),
  }),
  user_joined_conversation: Told.extend({
    members: z.array(z.object({ userId: UserId, role: Role })),
    addedBy: UserId,
  }),
  /** What changed; nothing where only the number moved on, as when an invite is made. */
  conversation_updated: Told.extend({
    updatedBy: UserId.nullable(),
    name: z.string().optional(),
    description: z.string().optional(),
    avatarFileId: FileId.nullable().optional(),
    settings: ChangedSettings.optional(),
  }),
  /** `members` are all whose role changed by it: a hand-over changes two. */
  member_role_changed: Told.extend({
    userId: UserId,
    role: Role,
    changedBy: UserId,
    members: z.array(z.object({ userId: UserId, role: Role })),
  }),
  user_left_conversation: Told.extend({ userId: UserId, removedBy: UserId.nullable() }),
  messages_read: z.object({
    conversationId: ConversationId,
    userId: UserId,
    upToSeq: Seq,
    readAt: Timestamp,
  }),
  settings_updated: z.object({ settings: PersonalSettings }),
  delivery_updates: z.object({
    conversationId: ConversationId,
    updates: z.array(z.object({ userId: UserId, upToSeq: Seq, deliveredAt: Timestamp })),
  }),
  sync_read_status: z.object({
    conversationId: ConversationId,
    upToSeq: Seq,
    syncedFrom: DeviceId.nullable(),
  }),
  /** Told to all of the person's devices; what is not named has not changed. */
  conversation_preferences_updated: OwnView.pick({ ownViewVersion: true })
    .extend(OwnView.omit({ ownViewVersion: true, draft: true }).partial().shape)
    .extend({ conversationId: ConversationId, syncedFrom: DeviceId.nullable() }),
  draft_updated: OwnView.pick({ draft: true, ownViewVersion: true }).extend({
    conversationId: ConversationId,
    syncedFrom: DeviceId.nullable(),
  }),
  user_typing: z.object({ conversationId: ConversationId, userId: UserId }),
  user_stopped_typing: z.object({ conversationId: ConversationId, userId: UserId }),
  user_online: z.object({ userId: UserId }),
  user_offline: z.object({ userId: UserId, lastSeenAt: Timestamp.nullable() }),
  /** Everything that the two before do not say: several people at once, away, and what is not known any more. */
  presence_changed: z.object({ people: z.array(PresenceView) }),
  sync_conversations: SyncPage.pick({
    conversations: true,
    removed: true,
    positions: true,
    hidden: true,
    settings: true,
  }),
  sync_messages: SyncedConversation.extend(
    MissedConversation.pick({ afterSeq: true, isSnapshot: true }).partial().shape,
  ),
  /** With a token: whoever has taken in all that was told before is complete up to there. */
  sync_complete: z.object({
    removed: z.array(ConversationId),
    token: SyncToken.optional(),
    hasMore: z.boolean().optional(),
  }),
  token_expiring: z.object({ expiresAt: Timestamp }),
  session_revoked: z.object({ reason: z.string() }),
  resync_required: z.object({
    conversationId: ConversationId.optional(),
    reason: ResyncReason,
  }),
  server_draining: z.object({ retryAfterMs: z.int() }),
  degraded: z.object({ features: z.array(z.string()) }),
  restored: z.object({}),
  error: z.object({ code: z.string() }).loose(),
} as const satisfies Record<string, z.ZodType>;

export type ServerEvents = typeof serverEvents;
export type ServerEventName = keyof ServerEvents;
export type ServerEventOf<Name extends ServerEventName> = z.output<ServerEvents[Name]>;
