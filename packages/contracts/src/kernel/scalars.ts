import { z } from 'zod';

const ID_BODY = '[0-9a-hjkmnp-tv-z]{26}';

/**
 * A prefix and 26 Crockford base32 characters of a UUIDv7: opaque, sortable by time, and safe in a subject,
 * a path or a key, because nothing else passes this check.
 */
function idSchema<const Brand extends string>(prefix: string) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_${ID_BODY}$`), `must be ${prefix}_ and 26 characters`)
    .brand<Brand>();
}

export const UserId = idSchema<'UserId'>('usr');
export type UserId = z.output<typeof UserId>;

export const ConversationId = idSchema<'ConversationId'>('cnv');
export type ConversationId = z.output<typeof ConversationId>;

export const MessageId = idSchema<'MessageId'>('msg');
export type MessageId = z.output<typeof MessageId>;

export const StickerId = idSchema<'StickerId'>('stk');
export type StickerId = z.output<typeof StickerId>;

export const StickerPackId = idSchema<'StickerPackId'>('pck');
export type StickerPackId = z.output<typeof StickerPackId>;

export const DeviceId = idSchema<'DeviceId'>('dev');
export type DeviceId = z.output<typeof DeviceId>;

export const SessionId = idSchema<'SessionId'>('ses');
export type SessionId = z.output<typeof SessionId>;

export const FileId = idSchema<'FileId'>('fil');
export type FileId = z.output<typeof FileId>;

export const InviteId = idSchema<'InviteId'>('inv');
export type InviteId = z.output<typeof InviteId>;

/** Whatever owns a log of its own: a conversation, a person or a file. */
export type AggregateId = ConversationId | UserId | FileId;

/** A tenant's short id; one token of every subject. */
export const Tenant = z
  .string()
  .regex(/^[0-9a-z]{1,16}$/)
  .brand<'Tenant'>();
export type Tenant = z.output<typeof Tenant>;

/** Chosen once by the client and kept over every retry: a UUIDv7, whose own time says how old the send is. */
export const ClientMessageId = z
  .uuidv7('must be a UUIDv7')
  .transform((id) => id.toLowerCase())
  .brand<'ClientMessageId'>();
export type ClientMessageId = z.output<typeof ClientMessageId>;

/**
 * Kept over every retry of one act, so that it happens once. It becomes part of a header at the broker, so nothing
 * passes that could end a line there.
 */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,64}$/, 'must be 1–64 visible ASCII characters');

/** A conversation's own number: 1, 2, 3 … with no hole over everything but read positions. */
export const Seq = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Like {@link Seq}, with 0 for "nothing yet". */
export const SeqOrZero = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Instants travel as ISO strings, so an event reads the same in a stream, a log and a test. */
export const Timestamp = z.iso.datetime({ precision: 3 }).brand<'Timestamp'>();
export type Timestamp = z.output<typeof Timestamp>;

/** A clock's reading as it travels. Not for deciders: the time is handed to them. */
export function timestampOf(timeMs: number): Timestamp {
  return new Date(timeMs).toISOString() as Timestamp;
}

const POSITION = String.raw`[a-z]+-\d{1,16}`;

/** Where a kind of log stands, as a client sees it: to be handed back as `X-Min-Position`. */
export const Position = z
  .string()
  .regex(new RegExp(`^${POSITION}$`), 'must be a position from an earlier answer');
export type Position = z.output<typeof Position>;

/** A position, or several with commas between: one for each kind of log that somebody has written to. */
export const Positions = z
  .string()
  .regex(
    new RegExp(`^${POSITION}(, ?${POSITION}){0,7}$`),
    'must be positions from earlier answers, with commas between',
  );
export type Positions = z.output<typeof Positions>;

/** Whether a text can be kept: a database holds no NUL, and half of a surrogate pair is no character. */
export function isSoundText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** Text that a person typed into a name: trimmed, one line, no control characters, no direction overrides. */
export function nameText(lengthMax: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(lengthMax)
    .regex(/^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u, 'must be one line of plain text')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
}
