import type { ConversationCommandContract } from '../conversation/commands.ts';
import type { ConversationQueryContract } from '../conversation/queries.ts';
import type { IdentityCommandContract } from '../identity/commands.ts';
import type { IdentityQueryContract } from '../identity/queries.ts';
import type { FileCommandContract } from '../file/commands.ts';
import type { FileQueryContract } from '../file/queries.ts';
import type { Fault } from '../kernel/command.ts';
import type { ErrorCode } from '../kernel/error.ts';
import type { MessageCommandContract } from '../message/commands.ts';
import type { MessageQueryContract } from '../message/queries.ts';
import type { OwnViewCommandContract } from '../own-view/commands.ts';

export type Rejection = (
  | ConversationCommandContract
  | ConversationQueryContract
  | FileCommandContract
  | FileQueryContract
  | IdentityCommandContract
  | IdentityQueryContract
  | MessageCommandContract
  | MessageQueryContract
  | OwnViewCommandContract
)['rejections'][number];

interface EdgeRefusal {
  readonly code: ErrorCode;
  readonly message: string;
  /** Goes into `details.reason` where one code has several causes that a client must tell apart. */
  readonly reason?: string;
}

/** How each refusal is said at the edge. A refusal that a contract declares and this table lacks does not compile. */
export const refusalTable: { readonly [R in Rejection]: EdgeRefusal } = {
  'block-of-oneself': {
    code: 'VALIDATION_FAILED',
    message: 'Nobody blocks themselves.',
    reason: 'block-of-oneself',
  },
  blocked: { code: 'BLOCKED', message: 'This person takes no messages from you.' },
  'client-clock-ahead': {
    code: 'VALIDATION_FAILED',
    message: 'The time in clientMessageId is ahead of the server’s clock.',
    reason: 'client-clock-ahead',
  },
  'client-message-id-reused': {
    code: 'IDEMPOTENCY_MISMATCH',
    message: 'This clientMessageId was used for a message with other content.',
  },
  'conversation-dissolved': {
    code: 'READ_ONLY',
    message: 'The group was dissolved.',
    reason: 'conversation-dissolved',
  },
  'conversation-full': {
    code: 'CONFLICT',
    message: 'The conversation has as many members as it may have.',
    reason: 'conversation-full',
  },
  'conversation-not-found': { code: 'NOT_FOUND', message: 'There is no such conversation.' },
  'device-not-found': { code: 'NOT_FOUND', message: 'There is no such device.' },
  'direct-chat-is-fixed': {
    code: 'FORBIDDEN',
    message: 'A direct chat has exactly its two people.',
    reason: 'direct-chat-is-fixed',
  },
  'direct-with-oneself': {
    code: 'VALIDATION_FAILED',
    message: 'A direct chat needs another person.',
    reason: 'direct-with-oneself',
  },
  'file-already-attached': {
    code: 'CONFLICT',
    message: 'Another message has this file.',
    reason: 'file-already-attached',
  },
  'file-not-found': { code: 'NOT_FOUND', message: 'There is no such file.' },
  'edit-window': {
    code: 'CONFLICT',
    message: 'The message is too old to be edited.',
    reason: 'edit-window',
  },
  'file-of-another-kind': {
    code: 'VALIDATION_FAILED',
    message: 'A file is not of the kind that is to be shown.',
    reason: 'file-of-another-kind',
  },
  'file-too-large': { code: 'PAYLOAD_TOO_LARGE', message: 'The file is larger than a file may be.' },
  'idempotency-key-reused': {
    code: 'IDEMPOTENCY_MISMATCH',
    message: 'This Idempotency-Key was used for another request.',
  },
  'invite-ends-before-it-begins': {
    code: 'VALIDATION_FAILED',
    message: 'An invite ends in the future.',
    reason: 'invite-ends-before-it-begins',
  },
  'invite-not-found': { code: 'NOT_FOUND', message: 'There is no such invite.' },
  'invites-closed': {
    code: 'CONFLICT',
    message: 'This group takes nobody in by invites.',
    reason: 'invites-closed',
  },
  'last-owner': {
    code: 'CONFLICT',
    message: 'The last owner hands the group over before leaving.',
    reason: 'last-owner',
  },
  'leave-instead': {
    code: 'CONFLICT',
    message: 'Leaving is how one removes oneself.',
    reason: 'leave-instead',
  },
  'media-type-not-allowed': {
    code: 'UNSUPPORTED_MEDIA',
    message: 'Files of this media type are not taken.',
  },
  'member-not-found': { code: 'NOT_FOUND', message: 'There is no such member.' },
  'mentioned-person-not-a-member': {
    code: 'VALIDATION_FAILED',
    message: 'Somebody who is mentioned is not in the conversation.',
    reason: 'mentioned-person-not-a-member',
  },
  'message-deleted': {
    code: 'CONFLICT',
    message: 'The message was deleted.',
    reason: 'message-deleted',
  },
  'message-not-found': { code: 'NOT_FOUND', message: 'There is no such message.' },
  'mute-is-over': {
    code: 'VALIDATION_FAILED',
    message: 'The time until which to mute has passed.',
    reason: 'mute-is-over',
  },
  'not-editable': {
    code: 'CONFLICT',
    message: 'There are no words to edit in a message of this type.',
    reason: 'not-editable',
  },
  'not-forwardable': {
    code: 'CONFLICT',
    message: 'A message of this type is not forwarded.',
    reason: 'not-forwardable',
  },
  'not-the-author': { code: 'FORBIDDEN', message: 'Only its author may edit a message.' },
  'person-not-found': { code: 'NOT_FOUND', message: 'There is no such person.' },
  'read-only': { code: 'READ_ONLY', message: 'Only admins write here.', reason: 'read-only' },
  'refresh-token-invalid': { code: 'UNAUTHENTICATED', message: 'The refresh token is not valid.' },
  'refresh-token-reused': {
    code: 'SESSION_REVOKED',
    message: 'The refresh token was used before, so its session has ended.',
  },
  'registration-closed': { code: 'FORBIDDEN', message: 'This server does not open accounts by itself.' },
  'role-too-low': { code: 'FORBIDDEN', message: 'The role in this conversation does not allow that.' },
  'sticker-not-found': { code: 'NOT_FOUND', message: 'There is no such sticker.' },
  'system-message': {
    code: 'CONFLICT',
    message: 'Nobody said that: it only tells what became of the conversation.',
    reason: 'system-message',
  },
  'too-many-pins': {
    code: 'CONFLICT',
    message: 'As many messages are pinned as may be.',
    reason: 'too-many-pins',
  },
  'too-many-reactions': {
    code: 'CONFLICT',
    message: 'The message has as many different emojis as it may have.',
    reason: 'too-many-reactions',
  },
  'too-many-invites': {
    code: 'CONFLICT',
    message: 'The group has as many invites as it may have.',
    reason: 'too-many-invites',
  },
  'too-many-tries': { code: 'RATE_LIMITED', message: 'Too many tries.' },
  'username-taken': { code: 'CONFLICT', message: 'The user name is taken.', reason: 'username-taken' },
  'wrong-credentials': { code: 'UNAUTHENTICATED', message: 'User name or password is wrong.' },
};

/** How each fault is said at the edge. */
export const faultTable: { readonly [F in Fault]: EdgeRefusal } = {
  unavailable: { code: 'UNAVAILABLE', message: 'Not stored: a part of the system is away. Try again.' },
  'read-model-behind': {
    code: 'READ_MODEL_BEHIND',
    message: 'The answer would not include the given position yet. Read again.',
  },
  'unknown-outcome': {
    code: 'UNKNOWN_OUTCOME',
    message: 'No answer in time; it may still happen. Retry with the same id.',
  },
  'storage-full': { code: 'STORAGE_FULL', message: 'The server has no room left.' },
  internal: { code: 'INTERNAL', message: 'Something went wrong.' },
  malformed: { code: 'VALIDATION_FAILED', message: 'The request is malformed.' },
};
