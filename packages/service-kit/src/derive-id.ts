import { hash } from 'node:crypto';

import {
  ClientMessageId,
  type ConversationId,
  type FileId,
  formatId,
  formatUuid,
  type InviteId,
  type MessageId,
  type Tenant,
  type UserId,
  uuidV7Bytes,
  uuidV7TimeMs,
} from '@parley/contracts';

/*
 * Ids that follow from what they stand for: whoever asks for the same thing again reaches the same aggregate,
 * so a retry or a race needs no table to be recognised.
 */

/** Before any real id, so that a derived id without a time of its own sorts first and collides with none. */
const NO_TIME_MS = 0;

/** The one direct chat of two people, whoever opens it. */
export function deriveDirectId(tenant: Tenant, ...people: [UserId, UserId]): ConversationId {
  return formatId('cnv', uuidV7Bytes(NO_TIME_MS, digest('direct', tenant, ...people.toSorted())));
}

/** The group that a person opens with one idempotency key. */
export function deriveGroupId(tenant: Tenant, creatorId: UserId, idempotencyKey: string): ConversationId {
  return formatId('cnv', uuidV7Bytes(NO_TIME_MS, digest('group', tenant, creatorId, idempotencyKey)));
}

/** The file that a person registers with one idempotency key. */
export function deriveFileId(tenant: Tenant, ownerId: UserId, idempotencyKey: string): FileId {
  return formatId('fil', uuidV7Bytes(NO_TIME_MS, digest('file', tenant, ownerId, idempotencyKey)));
}

/** The invite that a person makes for a group with one idempotency key. */
export function deriveInviteId(conversationId: ConversationId, creatorId: UserId, key: string): InviteId {
  return formatId('inv', uuidV7Bytes(NO_TIME_MS, digest('invite', conversationId, creatorId, key)));
}

/** The message that a person sends to a conversation under one clientMessageId; sorts by that id's time. */
export function deriveMessageId(
  conversationId: ConversationId,
  senderId: UserId,
  clientMessageId: string,
): MessageId {
  const random = digest('message', conversationId, senderId, clientMessageId);
  return formatId('msg', uuidV7Bytes(uuidV7TimeMs(clientMessageId), random));
}

/**
 * The clientMessageId under which a person's forward is sent to a conversation. Where the key has a time of its own
 * (a UUIDv7) so has the id, and its retry is recognised without a look at the read model.
 */
export function deriveForwardId(
  key: string,
  ...of: [senderId: UserId, sourceId: MessageId, conversationId: ConversationId]
): ClientMessageId {
  const parsed = ClientMessageId.safeParse(key);
  const timeMs = parsed.success ? uuidV7TimeMs(parsed.data) : NO_TIME_MS;
  return formatUuid(uuidV7Bytes(timeMs, digest('forward', key, ...of))) as ClientMessageId;
}

/** The bytes of the id of the line that tells of one number of a conversation; sorts by when it happened. */
export function deriveSystemMessageBytes(
  conversationId: ConversationId,
  { seq, timeMs }: { readonly seq: number; readonly timeMs: number },
): Uint8Array {
  return uuidV7Bytes(timeMs, digest('system', conversationId, String(seq)));
}

function digest(...parts: string[]): Uint8Array {
  return hash('sha256', JSON.stringify(parts), 'buffer');
}
