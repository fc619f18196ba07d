import {
  type DeviceId,
  formatId,
  type IdentityEvent,
  type RecordedEvent,
  type SessionId,
  type Tenant,
  type Timestamp,
  type UserId,
  uuidV7Bytes,
} from '@parley/contracts';
import { databaseTest, describeReplay, runProjection } from '@parley/testing';
import { expect } from 'vitest';

import { devices } from '../src/projections/devices.projection.ts';
import { people } from '../src/projections/people.projection.ts';
import { getPerson } from '../src/queries/get-person.query.ts';
import { migrations } from '../src/storage/migrations/index.ts';
import type { IdentityDb } from '../src/storage/schema.ts';

const test = databaseTest<IdentityDb>(migrations);
const tenant = 'main' as Tenant;
const [an, binh] = [idOf<UserId>('usr', 1), idOf<UserId>('usr', 2)];
const sessions = [1, 2, 3].map((number) => ({
  sessionId: idOf<SessionId>('ses', number),
  deviceId: idOf<DeviceId>('dev', number),
}));
const [phone, laptop, tablet] = sessions as [Device, Device, Device];

interface Device {
  readonly sessionId: SessionId;
  readonly deviceId: DeviceId;
}

const history: readonly RecordedEvent<IdentityEvent>[] = [
  { type: 'identity.account-registered', data: { userId: an, username: 'an', displayName: 'An' } } as const,
  started(an, phone),
  {
    type: 'identity.account-registered',
    data: { userId: binh, username: 'binh', displayName: 'Bình' },
  } as const,
  started(binh, tablet),
  renamed('to be replaced'),
  renamed('An’s phone'),
  changed('An N.'),
  started(an, laptop),
  changed('An Nguyễn'),
  {
    type: 'identity.session-revoked',
    data: { userId: binh, ...tablet, reason: 'signed-out' },
  } as const,
].map(recorded);

describeReplay(people, { migrations, history });
describeReplay(devices, { migrations, history });

test('people go by the last name they chose', async ({ db }) => {
  await runProjection(db, people, history);
  expect(await getPerson(db, tenant, an)).toEqual({ userId: an, username: 'an', displayName: 'An Nguyễn' });
  expect(await getPerson(db, 'other' as Tenant, an)).toBeUndefined();
});

test('a device is there from sign-in to sign-out, under the last name it got', async ({ db }) => {
  await runProjection(db, devices, history);
  const rows = await db
    .selectFrom('device')
    .select(['user_id', 'device_id', 'name', 'version'])
    .orderBy('session_id')
    .execute();
  expect(rows).toEqual([
    { user_id: an, device_id: phone.deviceId, name: 'An’s phone', version: null },
    { user_id: an, device_id: laptop.deviceId, name: 'unnamed device', version: null },
  ]);
});

function started(userId: UserId, device: Device): IdentityEvent {
  return {
    type: 'identity.session-started',
    data: { userId, ...device, name: 'unnamed device', platform: 'other' },
  };
}

function renamed(name: string): IdentityEvent {
  return { type: 'identity.device-renamed', data: { userId: an, deviceId: phone.deviceId, name } };
}

function changed(displayName: string): IdentityEvent {
  return { type: 'identity.profile-changed', data: { userId: an, displayName } };
}

function recorded(event: IdentityEvent, index: number): RecordedEvent<IdentityEvent> {
  const { userId } = event.data;
  return {
    ...event,
    id: `evt_${index}`,
    v: 1,
    tenant,
    aggregateId: userId,
    seq: index + 1,
    actorId: userId,
    at: `2026-11-21T08:00:0${index}.000Z` as Timestamp,
    causationId: `command-${index}`,
    correlationId: `request-${index}`,
    position: index + 1,
  };
}

function idOf<Id extends string>(prefix: string, number: number): Id {
  return formatId<Id>(prefix, uuidV7Bytes(number, new Uint8Array(10)));
}
