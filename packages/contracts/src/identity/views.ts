import { z } from 'zod';

import { DeviceId, isSoundText, nameText, Seq, SessionId, Timestamp, UserId } from '../kernel/scalars.ts';

export const DISPLAY_NAME_LENGTH_MAX = 60;

export const Username = z
  .string()
  .toLowerCase()
  .regex(/^[a-z][a-z0-9._]{1,31}$/, 'must be 2–32 characters a–z, 0–9, . or _, starting with a letter');

export const DisplayName = nameText(DISPLAY_NAME_LENGTH_MAX);

export const Platform = z.enum(['web', 'ios', 'android', 'desktop', 'terminal', 'bot', 'other']);

/** What kind of thing a device is: what its person knows it by in the list. */
export const DeviceType = z.enum(['browser', 'phone', 'tablet', 'desktop', 'bot', 'other']);
export type DeviceType = z.output<typeof DeviceType>;

/** What a device says of itself when it signs in. */
export const DeviceDescription = z.strictObject({
  name: nameText(60).default('unnamed device'),
  platform: Platform.default('other'),
  type: DeviceType.default('other'),
  version: z.string().max(40).refine(isSoundText, 'must be well-formed Unicode without NUL').optional(),
});

/** A person as others may see them. */
export const PersonView = z.object({ userId: UserId, username: z.string(), displayName: z.string() });
export type PersonView = z.output<typeof PersonView>;

export const PUSH_TOKEN_LENGTH_MAX = 4_096;
const PushToken = z
  .string()
  .min(1)
  .max(PUSH_TOKEN_LENGTH_MAX)
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII');

export const PushProvider = z.enum(['fcm', 'apns', 'web']);

/** How a device is reached while it has no socket, as its platform has told it. */
export const PushAddress = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('fcm'), token: PushToken }),
  z.strictObject({
    provider: z.literal('apns'),
    token: PushToken,
    topic: z.string().min(1).max(255).optional(),
  }),
  z.strictObject({
    provider: z.literal('web'),
    endpoint: z.url({ protocol: /^https$/ }).max(2_048),
    keys: z.strictObject({ p256dh: PushToken.max(256), auth: PushToken.max(64) }),
  }),
]);
export type PushAddress = z.output<typeof PushAddress>;

export const DeviceView = z.object({
  deviceId: DeviceId,
  sessionId: SessionId,
  name: z.string(),
  platform: Platform,
  type: DeviceType,
  version: z.string().nullable(),
  signedInAt: Timestamp,
  /** When it last did something: to within half a minute. */
  lastActiveAt: Timestamp,
  /** By whom it is woken while it has no socket; the token itself is told to nobody. */
  pushProvider: PushProvider.nullable(),
  isCurrent: z.boolean(),
});
export type DeviceView = z.output<typeof DeviceView>;

/** What a person has chosen for themselves, on all devices. */
export const PersonalSettings = z.object({
  /** Whether others are told how far this person has read. */
  readReceipts: z.boolean(),
  /** Who is told whether this person is there: whoever shares a conversation with them, or nobody. */
  presence: z.enum(['everybody', 'nobody']),
});
export type PersonalSettings = z.output<typeof PersonalSettings>;

/** How it is before somebody chooses. */
export const personalSettingsByDefault: PersonalSettings = { readReceipts: true, presence: 'everybody' };

/** The settings, and the number of the account's log at which they stand: of two answers the greater is the later. */
export const PersonalSettingsAt = z.object({ settings: PersonalSettings, seq: Seq });
export type PersonalSettingsAt = z.output<typeof PersonalSettingsAt>;

/** What a sign-in or a refresh hands out. The refresh token is good once. */
export const TokensView = z.object({
  accessToken: z.string(),
  accessTokenExpiresAt: Timestamp,
  refreshToken: z.string(),
  userId: UserId,
  deviceId: DeviceId,
  sessionId: SessionId,
});
export type TokensView = z.output<typeof TokensView>;
