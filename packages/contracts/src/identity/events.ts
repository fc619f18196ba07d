import { z } from 'zod';

import { defineEvent, type EventOf } from '../kernel/event.ts';
import { DeviceId, SessionId, UserId } from '../kernel/scalars.ts';
import { DeviceType, Platform, PersonalSettings, personalSettingsByDefault } from './views.ts';

export const accountRegistered = defineEvent({
  type: 'identity.account-registered',
  data: z.object({ userId: UserId, username: z.string(), displayName: z.string() }),
});

export const profileChanged = defineEvent({
  type: 'identity.profile-changed',
  data: z.object({ userId: UserId, displayName: z.string() }),
});

/** All of the settings, as they are from now on. What was not there yet when it was stored is as by default. */
export const personalSettingsChanged = defineEvent({
  type: 'identity.settings-changed',
  data: z.object({ userId: UserId, settings: PersonalSettings.partial({ presence: true }) }),
});

/** What an event says of the settings, whole. */
export function personalSettingsIn({
  settings,
}: z.output<(typeof personalSettingsChanged)['data']>): PersonalSettings {
  return { ...settings, presence: settings.presence ?? personalSettingsByDefault.presence };
}

export const sessionStarted = defineEvent({
  type: 'identity.session-started',
  data: z.object({
    userId: UserId,
    sessionId: SessionId,
    deviceId: DeviceId,
    name: z.string(),
    platform: Platform,
    deviceType: DeviceType.optional(),
    version: z.string().optional(),
  }),
});

export const deviceRenamed = defineEvent({
  type: 'identity.device-renamed',
  data: z.object({ userId: UserId, deviceId: DeviceId, name: z.string() }),
});

/** The end of a session: by its person, by an operator, or because a used refresh token came back. */
export const sessionRevoked = defineEvent({
  type: 'identity.session-revoked',
  data: z.object({
    userId: UserId,
    sessionId: SessionId,
    deviceId: DeviceId,
    reason: z.enum(['signed-out', 'signed-out-elsewhere', 'refresh-token-reused']),
  }),
});

export type IdentityEvent = EventOf<
  | typeof accountRegistered
  | typeof profileChanged
  | typeof personalSettingsChanged
  | typeof sessionStarted
  | typeof deviceRenamed
  | typeof sessionRevoked
>;

export const identityEvents = [
  accountRegistered,
  profileChanged,
  personalSettingsChanged,
  sessionStarted,
  deviceRenamed,
  sessionRevoked,
] as const;
