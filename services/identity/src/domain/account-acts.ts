import {
  type changeProfile,
  type changeSettings,
  defineCommand,
  DeviceDescription,
  DeviceId,
  type endDevices,
  type endSession,
  type renameDevice,
  SessionId,
  UserId,
} from '@parley/contracts';
import { z } from 'zod';

/*
 * What is done to an account, as its log sees it. Registering, signing in and refreshing arrive here as what
 * they mean for the log: their passwords and tokens stay outside, so no secret can get into an event.
 */

/** A person, whose password was found right, is signed in on a device. The first time opens the account. */
export const startSession = defineCommand({
  type: 'identity.start-session',
  input: z.strictObject({
    userId: UserId,
    username: z.string(),
    displayName: z.string(),
    sessionId: SessionId,
    deviceId: DeviceId,
    ...DeviceDescription.shape,
  }),
  answer: z.object({}),
  rejections: [],
});

/** A used refresh token came back: two hold tokens of one session, and one of them is not its person. */
export const endReusedSession = defineCommand({
  type: 'identity.end-reused-session',
  input: z.strictObject({ userId: UserId, sessionId: SessionId }),
  answer: z.object({}),
  rejections: [],
});

export type AccountAct =
  | typeof startSession
  | typeof endReusedSession
  | typeof endSession
  | typeof endDevices
  | typeof renameDevice
  | typeof changeProfile
  | typeof changeSettings;
