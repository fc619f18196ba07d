import { z } from 'zod';

import { defineCommand } from '../kernel/command.ts';
import { DeviceId, SessionId, Timestamp, UserId } from '../kernel/scalars.ts';
import {
  DeviceDescription,
  DisplayName,
  PersonView,
  PersonalSettings,
  PersonalSettingsAt,
  PushAddress,
  TokensView,
  Username,
} from './views.ts';

/*
 * These carry secrets or answer with them. They travel by request and reply and are never written to a
 * stream: a password in a work queue would be a password on a disk.
 */

export const PASSWORD_LENGTH_MIN = 8;
export const PASSWORD_LENGTH_MAX = 256;

const Password = z.string().min(PASSWORD_LENGTH_MIN).max(PASSWORD_LENGTH_MAX);

export const register = defineCommand({
  type: 'identity.register',
  input: z.strictObject({
    userId: UserId,
    username: Username,
    password: Password,
    displayName: DisplayName,
    device: DeviceDescription.prefault({}),
    /** Where the request came from: what throttling counts by, never stored. */
    address: z.string().max(64),
  }),
  answer: TokensView,
  rejections: ['registration-closed', 'username-taken', 'too-many-tries'],
});

export const signIn = defineCommand({
  type: 'identity.sign-in',
  input: z.strictObject({
    username: z.string().max(64),
    password: z.string().max(PASSWORD_LENGTH_MAX),
    device: DeviceDescription.prefault({}),
    address: z.string().max(64),
  }),
  answer: TokensView,
  rejections: ['wrong-credentials', 'too-many-tries'],
});

export const refresh = defineCommand({
  type: 'identity.refresh',
  input: z.strictObject({ refreshToken: z.string().max(512) }),
  answer: TokensView,
  rejections: ['refresh-token-invalid', 'refresh-token-reused'],
});

export const endSession = defineCommand({
  type: 'identity.end-session',
  input: z.strictObject({ userId: UserId, sessionId: SessionId }),
  answer: z.object({}),
  rejections: ['device-not-found'],
});

/** Signs a person out on one device, or on all but the one that asks. */
export const endDevices = defineCommand({
  type: 'identity.end-devices',
  input: z.strictObject({
    userId: UserId,
    deviceId: DeviceId.optional(),
    exceptSessionId: SessionId.optional(),
  }),
  answer: z.object({ ended: z.int() }),
  rejections: ['device-not-found'],
});

export const renameDevice = defineCommand({
  type: 'identity.rename-device',
  input: z.strictObject({ userId: UserId, deviceId: DeviceId, name: DeviceDescription.shape.name }),
  answer: z.object({}),
  rejections: ['device-not-found'],
});

/** Where one's own device is reached while it has no socket; null where it is to be reached no more. */
export const setPush = defineCommand({
  type: 'identity.set-push',
  input: z.strictObject({ userId: UserId, sessionId: SessionId, push: PushAddress.nullable() }),
  answer: z.object({}),
  rejections: ['device-not-found'],
});

export const ACTIVE_SESSION_COUNT_MAX = 500;

/** Which sessions did something, and when: what a gateway has gathered. Told again it changes nothing. */
export const noteActivity = defineCommand({
  type: 'identity.note-activity',
  input: z.strictObject({
    sessions: z
      .array(z.strictObject({ sessionId: SessionId, at: Timestamp }))
      .min(1)
      .max(ACTIVE_SESSION_COUNT_MAX),
  }),
  answer: z.object({}),
  rejections: [],
});

export const changeProfile = defineCommand({
  type: 'identity.change-profile',
  input: z.strictObject({ userId: UserId, displayName: DisplayName }),
  answer: PersonView,
  rejections: ['person-not-found'],
});

/** What is not named stays as it is. */
export const changeSettings = defineCommand({
  type: 'identity.change-settings',
  input: z.strictObject({ userId: UserId, ...PersonalSettings.partial().shape }),
  answer: PersonalSettingsAt,
  rejections: ['person-not-found'],
});

export const identityCommands = [
  register,
  signIn,
  refresh,
  endSession,
  endDevices,
  renameDevice,
  setPush,
  noteActivity,
  changeProfile,
  changeSettings,
] as const;
export type IdentityCommandContract = (typeof identityCommands)[number];
