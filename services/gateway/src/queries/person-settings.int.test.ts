import type { NatsConnection } from '@nats-io/transport-node';
import {
  failed,
  type IdentityEvent,
  newId,
  ok,
  type PersonalSettingsAt,
  personalSettingsByDefault,
  type RecordedEvent,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { JetStreamEventStore } from '@parley/jetstream';
import { testNats } from '@parley/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { PersonSettings } from './person-settings.ts';

const tenant = 'main' as Tenant;
const an: UserId = newId('usr');

let gateway: NatsConnection;
let identity: NatsConnection;
let isFollowed: boolean;
let askedCount: number;
/** What identity has to say; nothing while it is away. */
let answer: PersonalSettingsAt | undefined;
let settings: PersonSettings;

beforeEach(async () => {
  [gateway, identity] = await Promise.all([testNats('gateway'), testNats('identity')]);
  isFollowed = true;
  askedCount = 0;
  answer = { settings: personalSettingsByDefault, seq: 2 };
  settings = new PersonSettings({
    ask: async () => {
      askedCount += 1;
      return answer ? ok(answer) : failed('unavailable');
    },
    accounts: await JetStreamEventStore.open<IdentityEvent>(gateway, { log: 'user', tenant }),
    isFollowed: () => isFollowed,
  });
});
afterEach(() => Promise.all([gateway.close(), identity.close()]));

test('who has a socket here is asked for once, and heard from then on', async () => {
  expect(await isPrivate()).toBe(false);
  expect(await isPrivate()).toBe(false);
  expect(askedCount).toBe(1);
  settings.hear(chose(false, 3));
  expect(await isPrivate()).toBe(true);
});

test('an answer from before what was heard changes nothing, nor does an event from before an answer', async () => {
  settings.hear(chose(false, 3));
  isFollowed = false;
  expect(await isPrivate()).toBe(true);
  settings.learn(an, { settings: personalSettingsByDefault, seq: 5 });
  settings.hear(chose(false, 4));
  isFollowed = true;
  expect(await isPrivate()).toBe(false);
});

test('who has no socket here is asked for each time', async () => {
  isFollowed = false;
  await isPrivate();
  await isPrivate();
  expect(askedCount).toBe(2);
});

test('while identity is away the log says it, and where that cannot be read nothing is said', async () => {
  const log = await JetStreamEventStore.open<IdentityEvent>(identity, { log: 'user', tenant });
  await log.append(an, [chose(false, 1)], 0);
  answer = undefined;
  expect(await isPrivate()).toBe(true);
  await gateway.close();
  isFollowed = false;
  expect(await isPrivate()).toBeUndefined();
});

async function isPrivate() {
  return settings.isPrivateReader(an, 'a-test');
}

function chose(readReceipts: boolean, seq: number): RecordedEvent<IdentityEvent> {
  return {
    type: 'identity.settings-changed',
    data: { userId: an, settings: { readReceipts } },
    id: newId('evt'),
    v: 1,
    tenant,
    aggregateId: an,
    seq,
    actorId: an,
    at: timestampOf(Date.now()),
    causationId: newId('cmd'),
    correlationId: 'a-test',
    position: seq,
  };
}
