import {
  type DeviceId,
  type IdentityEvent,
  type SessionId,
  type PersonalSettings,
  personalSettingsByDefault,
  personalSettingsIn,
  type UserId,
} from '@parley/contracts';
import { accept, type Decider, reject } from '@parley/event-sourcing';

import type { AccountAct } from './account-acts.ts';

/** How many devices a person may be signed in on. One more signs out the one that signed in first. */
export const SESSION_COUNT_MAX = 100;
/** How many ended sessions are remembered, so that ending one again is a retry and not a mistake. */
const ENDED_SESSION_COUNT_MAX = 200;

type SessionRevoked = Extract<IdentityEvent, { type: 'identity.session-revoked' }>;

interface Session {
  readonly deviceId: DeviceId;
  readonly name: string;
}

export type Account =
  | { readonly status: 'not-opened' }
  | {
      readonly status: 'open';
      readonly userId: UserId;
      readonly username: string;
      readonly displayName: string;
      readonly settings: PersonalSettings;
      /** In the order of their start. */
      readonly sessions: ReadonlyMap<SessionId, Session>;
      readonly ended: ReadonlyMap<SessionId, DeviceId>;
    };

/** The rules of one person's account: who they are, and where they are signed in. */
export const account: Decider<Account, AccountAct, IdentityEvent> = {
  initialState: { status: 'not-opened' },

  decide: {
    'identity.start-session': (state, { data }) => {
      const { userId, username, displayName, sessionId, deviceId, name, platform, type, version } = data;
      const started: IdentityEvent = {
        type: 'identity.session-started',
        data: {
          userId,
          sessionId,
          deviceId,
          name,
          platform,
          deviceType: type,
          ...(version === undefined ? {} : { version }),
        },
      };
      if (state.status === 'not-opened') {
        return accept<IdentityEvent>(
          { type: 'identity.account-registered', data: { userId, username, displayName } },
          started,
        );
      }
      // One that has ended never comes back, however late its start is delivered again.
      if (state.sessions.has(sessionId) || state.ended.has(sessionId)) return accept();

      const [first] = state.sessions;
      if (first === undefined || state.sessions.size < SESSION_COUNT_MAX) return accept(started);
      return accept<IdentityEvent>(
        revoked(userId, { sessionId: first[0], deviceId: first[1].deviceId }, 'signed-out-elsewhere'),
        started,
      );
    },

    'identity.end-reused-session': (state, { data }) => {
      const session = activeSession(state, data.sessionId);
      if (session === undefined) return accept();

      return accept(revoked(data.userId, session, 'refresh-token-reused'));
    },

    'identity.end-session': (state, { data, meta }) => {
      if (state.status === 'not-opened' || meta.actorId !== data.userId) return reject('device-not-found');
      // A second end is a client retrying after a lost answer.
      if (state.ended.has(data.sessionId)) return accept();
      const session = activeSession(state, data.sessionId);
      if (session === undefined) return reject('device-not-found');

      return accept(revoked(data.userId, session, 'signed-out'));
    },

    'identity.end-devices': (state, { data, meta }) => {
      if (state.status === 'not-opened' || meta.actorId !== data.userId) return reject('device-not-found');
      const { deviceId, exceptSessionId } = data;
      const wanted = [...state.sessions].filter(([sessionId, session]) =>
        deviceId === undefined ? sessionId !== exceptSessionId : session.deviceId === deviceId,
      );
      const endedBefore = [...state.ended.values()].some((one) => one === deviceId);
      if (deviceId !== undefined && wanted.length === 0 && !endedBefore) return reject('device-not-found');

      return accept(
        ...wanted.map(([sessionId, session]) =>
          revoked(data.userId, { sessionId, deviceId: session.deviceId }, 'signed-out-elsewhere'),
        ),
      );
    },

    'identity.rename-device': (state, { data, meta }) => {
      if (state.status === 'not-opened' || meta.actorId !== data.userId) return reject('device-not-found');
      const device = [...state.sessions.values()].find((session) => session.deviceId === data.deviceId);
      if (device === undefined) return reject('device-not-found');
      if (device.name === data.name) return accept();

      return accept({ type: 'identity.device-renamed', data });
    },

    'identity.change-profile': (state, { data, meta }) => {
      if (state.status === 'not-opened' || meta.actorId !== data.userId) return reject('person-not-found');
      if (state.displayName === data.displayName) return accept();

      return accept({ type: 'identity.profile-changed', data });
    },

    'identity.change-settings': (state, { data: { userId, ...changed }, meta }) => {
      if (state.status === 'not-opened' || meta.actorId !== userId) return reject('person-not-found');
      const { readReceipts, presence } = state.settings;
      const settings = {
        readReceipts: changed.readReceipts ?? readReceipts,
        presence: changed.presence ?? presence,
      };
      if (settings.readReceipts === readReceipts && settings.presence === presence) return accept();

      return accept({ type: 'identity.settings-changed', data: { userId, settings } });
    },
  },

  evolve: {
    'identity.account-registered': (_state, { data }) => ({
      status: 'open',
      ...data,
      settings: personalSettingsByDefault,
      sessions: new Map(),
      ended: new Map(),
    }),

    'identity.profile-changed': (state, { data }) =>
      state.status === 'not-opened' ? state : { ...state, displayName: data.displayName },

    'identity.settings-changed': (state, { data }) =>
      state.status === 'not-opened' ? state : { ...state, settings: personalSettingsIn(data) },

    'identity.session-started': (state, { data: { sessionId, deviceId, name } }) => {
      if (state.status === 'not-opened') return state;
      return { ...state, sessions: new Map(state.sessions).set(sessionId, { deviceId, name }) };
    },

    'identity.device-renamed': (state, { data }) => {
      if (state.status === 'not-opened') return state;
      const sessions = [...state.sessions].map(
        ([id, session]) =>
          [id, session.deviceId === data.deviceId ? { ...session, name: data.name } : session] as const,
      );
      return { ...state, sessions: new Map(sessions) };
    },

    'identity.session-revoked': (state, { data: { sessionId, deviceId } }) => {
      if (state.status === 'not-opened') return state;
      const sessions = new Map(state.sessions);
      sessions.delete(sessionId);
      const ended = [...state.ended, [sessionId, deviceId] as const].slice(-ENDED_SESSION_COUNT_MAX);
      return { ...state, sessions, ended: new Map(ended) };
    },
  },
};

/** Whether a session may still be used, as the log says. */
export function isActive(state: Account, sessionId: SessionId): boolean {
  return state.status === 'open' && state.sessions.has(sessionId);
}

interface SessionOnDevice {
  readonly sessionId: SessionId;
  readonly deviceId: DeviceId;
}

function activeSession(state: Account, sessionId: SessionId): SessionOnDevice | undefined {
  const session = state.status === 'open' ? state.sessions.get(sessionId) : undefined;
  return session && { sessionId, deviceId: session.deviceId };
}

function revoked(
  userId: UserId,
  session: SessionOnDevice,
  reason: SessionRevoked['data']['reason'],
): SessionRevoked {
  return { type: 'identity.session-revoked', data: { userId, ...session, reason } };
}
