import {
  type CommandMeta,
  type CommandOf,
  type DeviceId,
  formatId,
  type IdentityEvent,
  type PersonalSettings,
  type SessionId,
  type Tenant,
  type Timestamp,
  type UserId,
  uuidV7Bytes,
} from '@parley/contracts';
import { specFor } from '@parley/event-sourcing';
import { describe, expect, test } from 'vitest';

import type { AccountAct } from './account-acts.ts';
import { account, SESSION_COUNT_MAX } from './account.decider.ts';

const { given } = specFor(account);

const an = idOf<UserId>('usr', 1);
const binh = idOf<UserId>('usr', 2);
const [phone, laptop] = [session(1), session(2)];

describe('sign in', () => {
  test('the first sign-in opens the account and starts a session, both or none', () => {
    expect(given().when(signIn(phone))).toEqual({ accepted: true, events: [anRegistered, started(phone)] });
  });

  test('each further sign-in is a device of its own', () => {
    expect(given(anRegistered, started(phone)).when(signIn(laptop))).toEqual({
      accepted: true,
      events: [started(laptop)],
    });
  });

  test('one device too many signs out the one that signed in first', () => {
    const all = Array.from({ length: SESSION_COUNT_MAX }, (_, index) => started(session(index + 1)));
    const extra = session(SESSION_COUNT_MAX + 1);
    expect(given(anRegistered, ...all).when(signIn(extra))).toEqual({
      accepted: true,
      events: [ended(phone, 'signed-out-elsewhere'), started(extra)],
    });
  });
});

describe('sign out', () => {
  test('a person signs out', () => {
    expect(given(anRegistered, started(phone)).when(signOut(phone))).toEqual({
      accepted: true,
      events: [ended(phone, 'signed-out')],
    });
  });

  test('signing out twice changes nothing', () => {
    const past = [anRegistered, started(phone), ended(phone, 'signed-out')];
    expect(given(...past).when(signOut(phone))).toEqual({ accepted: true, events: [] });
  });

  test('a session that never was is refused', () => {
    expect(given(anRegistered, started(phone)).when(signOut(laptop))).toEqual(noDevice);
    expect(given().when(signOut(phone))).toEqual(noDevice);
  });

  test('nobody signs another person out', () => {
    expect(given(anRegistered, started(phone)).when(signOut(phone, { by: binh }))).toEqual(noDevice);
  });
});

describe('sign devices out', () => {
  const past = [anRegistered, started(phone), started(laptop)];

  test('one device', () => {
    expect(given(...past).when(endDevices({ deviceId: phone.deviceId }))).toEqual({
      accepted: true,
      events: [ended(phone, 'signed-out-elsewhere')],
    });
  });

  test('all but the one that asks', () => {
    expect(given(...past).when(endDevices({ exceptSessionId: laptop.sessionId }))).toEqual({
      accepted: true,
      events: [ended(phone, 'signed-out-elsewhere')],
    });
  });

  test('a device that was signed out before changes nothing, an unknown one is refused', () => {
    const one = endDevices({ deviceId: phone.deviceId });
    expect(given(...past, ended(phone, 'signed-out')).when(one)).toEqual({ accepted: true, events: [] });
    expect(given(anRegistered, started(laptop)).when(one)).toEqual(noDevice);
  });

  test('nobody signs another person’s devices out', () => {
    expect(given(...past).when(endDevices({}, { by: binh }))).toEqual(noDevice);
  });
});

describe('a used refresh token comes back', () => {
  const reused = act('identity.end-reused-session', { userId: an, sessionId: phone.sessionId });

  test('its session ends', () => {
    expect(given(anRegistered, started(phone)).when(reused)).toEqual({
      accepted: true,
      events: [ended(phone, 'refresh-token-reused')],
    });
  });

  test('once', () => {
    const past = [anRegistered, started(phone), ended(phone, 'refresh-token-reused')];
    expect(given(...past).when(reused)).toEqual({ accepted: true, events: [] });
  });
});

describe('rename a device', () => {
  test('a device gets a name', () => {
    expect(given(anRegistered, started(phone)).when(rename('An’s phone'))).toEqual({
      accepted: true,
      events: [
        {
          type: 'identity.device-renamed',
          data: { userId: an, deviceId: phone.deviceId, name: 'An’s phone' },
        },
      ],
    });
  });

  test('the name it has changes nothing', () => {
    expect(given(anRegistered, started(phone)).when(rename('phone'))).toEqual({ accepted: true, events: [] });
  });

  test('a signed-out device has no name to change', () => {
    const past = [anRegistered, started(phone), ended(phone, 'signed-out')];
    expect(given(...past).when(rename('old'))).toEqual(noDevice);
  });
});

describe('change the profile', () => {
  test('a person changes their name', () => {
    expect(given(anRegistered).when(change('An Nguyễn'))).toEqual({
      accepted: true,
      events: [{ type: 'identity.profile-changed', data: { userId: an, displayName: 'An Nguyễn' } }],
    });
  });

  test('the name they have changes nothing', () => {
    expect(given(anRegistered).when(change('An'))).toEqual({ accepted: true, events: [] });
  });

  test('nobody changes another person’s name', () => {
    expect(given(anRegistered).when(change('Bình was here', { by: binh }))).toEqual({
      accepted: false,
      code: 'person-not-found',
    });
  });
});

describe('choosing for oneself', () => {
  const hidden: IdentityEvent = {
    type: 'identity.settings-changed',
    data: { userId: an, settings: { readReceipts: false, presence: 'everybody' } },
  };

  test('everybody tells what they have read until they say otherwise', () => {
    expect(given(anRegistered).when(choose({ readReceipts: true }))).toEqual({ accepted: true, events: [] });
    expect(given(anRegistered).when(choose({ readReceipts: false }))).toEqual({
      accepted: true,
      events: [hidden],
    });
  });

  test('what is not named stays, and the same choice again changes nothing', () => {
    for (const chosen of [{}, { readReceipts: false }]) {
      expect(given(anRegistered, hidden).when(choose(chosen))).toEqual({ accepted: true, events: [] });
    }
  });

  test('who they are shown to is chosen apart from what they tell of their reading', () => {
    expect(given(anRegistered, hidden).when(choose({ presence: 'nobody' }))).toEqual({
      accepted: true,
      events: [
        {
          type: 'identity.settings-changed',
          data: { userId: an, settings: { readReceipts: false, presence: 'nobody' } },
        },
      ],
    });
  });

  test('a choice from before there was more to choose keeps its meaning', () => {
    const early: IdentityEvent = {
      type: hidden.type,
      data: { userId: an, settings: { readReceipts: false } },
    };
    expect(given(anRegistered, early).when(choose({ presence: 'everybody' }))).toEqual({
      accepted: true,
      events: [],
    });
  });

  test('nobody chooses for another', () => {
    expect(given(anRegistered).when(choose({ readReceipts: false }, { by: binh }))).toEqual({
      accepted: false,
      code: 'person-not-found',
    });
  });
});

const noDevice = { accepted: false, code: 'device-not-found' };

const anRegistered: IdentityEvent = {
  type: 'identity.account-registered',
  data: { userId: an, username: 'an', displayName: 'An' },
};

interface OnDevice {
  readonly sessionId: SessionId;
  readonly deviceId: DeviceId;
}

function session(number: number): OnDevice {
  return { sessionId: idOf('ses', number), deviceId: idOf('dev', number) };
}

function started(on: OnDevice): IdentityEvent {
  return {
    type: 'identity.session-started',
    data: { userId: an, ...on, name: 'phone', platform: 'android', deviceType: 'phone' },
  };
}

function ended(on: OnDevice, reason: 'signed-out' | 'signed-out-elsewhere' | 'refresh-token-reused') {
  return { type: 'identity.session-revoked', data: { userId: an, ...on, reason } } as const;
}

function signIn(on: OnDevice) {
  const device = { name: 'phone', platform: 'android', type: 'phone', version: undefined } as const;
  return act('identity.start-session', { userId: an, username: 'an', displayName: 'An', ...on, ...device });
}

function signOut(on: OnDevice, options: { readonly by?: UserId } = {}) {
  return act('identity.end-session', { userId: an, sessionId: on.sessionId }, options);
}

function rename(name: string) {
  return act('identity.rename-device', { userId: an, deviceId: phone.deviceId, name });
}

function change(displayName: string, options: { readonly by?: UserId } = {}) {
  return act('identity.change-profile', { userId: an, displayName }, options);
}

function choose(settings: Partial<PersonalSettings>, options: { readonly by?: UserId } = {}) {
  return act('identity.change-settings', { userId: an, ...settings }, options);
}

function endDevices(
  which: { readonly deviceId?: DeviceId; readonly exceptSessionId?: SessionId },
  options: { readonly by?: UserId } = {},
) {
  return act('identity.end-devices', { userId: an, ...which }, options);
}

function act<T extends AccountAct['type']>(
  type: T,
  data: CommandOf<Extract<AccountAct, { type: T }>>['data'],
  options: { readonly by?: UserId } = {},
): CommandOf<AccountAct> {
  const meta: CommandMeta = {
    commandId: 'command-1',
    tenant: 'main' as Tenant,
    actorId: options.by ?? an,
    at: '2026-11-21T08:00:00.000Z' as Timestamp,
    correlationId: 'request-1',
  };
  return { type, data, meta } as unknown as CommandOf<AccountAct>;
}

function idOf<Id extends string>(prefix: string, number: number): Id {
  return formatId<Id>(prefix, uuidV7Bytes(number, new Uint8Array(10)));
}
