import { z } from 'zod';

import { DeviceId, isSoundText, nameText, Seq, SessionId, Timestamp, UserId } from '../kernel/scalars.ts';

export const DISPLAY_NAME_LENGTH_MAX = 60;

export const Username = z
  .string()
  .toLowerCase()
  .regex(/^[a-z][a-z0-9._]{1,31}$/, 'must be 2–32 characters a–z, 0–9, . or _, starting with a letter');

export const DisplayName = nameText(DISPLAY_NAME_LENGTH_MAX);

export const Platform = z.enum(['web', 'ios', 'android', 'desktop', 'terminal', 'bot', 'other']);

/** What a device says of itself when it signs in. */
export const DeviceDescription = z.strictObject({
  name: nameText(60).default('unnamed device'),
  platform: Platform.default('other'),
  version: z.string().max(40).refine(isSoundText, 'must be well-formed Unicode without NUL').optional(),
});

/** A person as others may see them. */
export const PersonView = z.object({ userId: UserId, username: z.string(), displayName: z.string() });
export type PersonView = z.output<typeof PersonView>;

export const DeviceView = z.object({
  deviceId: DeviceId,
  sessionId: SessionId,
  name: z.string(),
  platform: Platform,
  version: z.string().nullable(),
  signedInAt: Timestamp,
  isCurrent: z.boolean(),
});
export type DeviceView = z.output<typeof DeviceView>;

/** What a person has chosen for themselves, on all devices. */
export const PersonalSettings = z.object({
  /** Whether others are told how far this person has read. */
  readReceipts: z.boolean(),
});
export type PersonalSettings = z.output<typeof PersonalSettings>;

/** How it is before somebody chooses. */
export const personalSettingsByDefault: PersonalSettings = { readReceipts: true };

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
