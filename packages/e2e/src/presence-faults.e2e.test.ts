import type { PresenceStatus } from '@parley/contracts';
import { type Person, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

/** Longer than the 45 s within which somebody is gone. */
const GONE_WAIT_MS = 70_000;

describe('whether people are there, when a part dies', () => {
  test('a gateway that dies shows nobody as gone', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    await an.startsGroup('Hà Nội', { with: [binh, chi] });
    await watches(an, [binh, chi]);
    await untilSeen(an, binh, 'online');
    await untilSeen(an, chi, 'online');
    // Bình stands on the second one. Chi goes at the same time, and once that is told Bình's time would be over too.
    await Promise.all([world.levers.pull('gateway-2', 'kill'), chi.goesOffline()]);
    await untilSeen(an, chi, 'offline');
    await untilSeen(an, binh, 'online');
    expect(goneTold(an, binh)).toEqual([]);
  });

  test('the presence service that dies, and comes back, shows nobody as gone', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    await an.startsDirect(binh);
    await watches(an, [binh]);
    await untilSeen(an, binh, 'online');
    await world.levers.pull('presence-1', 'stop');
    await an.device.hears('presence_changed', ({ people }) =>
      people.some(({ status }) => status === 'unknown'),
    );
    expect(await seenBy(an, binh)).toBe('unknown');
    await world.levers.pull('presence-1', 'start');
    await untilTold(an, binh, 'online');
    expect(goneTold(an, binh)).toEqual([]);
  });

  test('without Redis nobody is known to be there, all else goes on, and with it everybody is again', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    await watches(an, [binh]);
    await untilSeen(an, binh, 'online');
    await world.levers.pull('redis', 'stop');
    try {
      await an.says('Redis đi vắng', { in: place });
      await expect(binh).toSee(['Redis đi vắng'], { in: place });
      await an.device.hears('presence_changed', ({ people }) =>
        people.some(({ status }) => status === 'unknown'),
      );
      expect(await seenBy(an, binh)).toBe('unknown');
      const { connection } = binh.device.chat;
      const { conversationId } = place;
      await an.device.chat.connection.request('join_conversation', { conversationId });
      await connection.request('typing_start', { conversationId });
      await an.device.hears('user_typing');
    } finally {
      await world.levers.pull('redis', 'start');
    }
    await untilTold(an, binh, 'online');
    expect(goneTold(an, binh)).toEqual([]);
  });

  test('is told without Postgres', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    await an.startsDirect(binh);
    await world.levers.pull('postgres', 'stop');
    try {
      const asked = { userIds: [binh.userId] };
      const { people } = await an.device.chat.connection.request('presence_subscribe', asked);
      expect(people).toMatchObject([{ userId: binh.userId, status: 'online' }]);
      await binh.goesOffline();
      await an.device.hears('user_offline', ({ userId }) => userId === binh.userId);
    } finally {
      await world.levers.pull('postgres', 'start');
    }
  });
});

async function watches(person: Person, people: readonly Person[]): Promise<void> {
  const userIds = people.map(({ userId }) => userId);
  await person.device.chat.connection.request('presence_subscribe', { userIds });
}

/** How often somebody was told that another has gone. Who has only just come may be shown as not there yet, once. */
function goneTold(person: Person, { userId }: Person) {
  const about = person.device.deliveries.filter(({ name, said }) => {
    const isAbout = (said as { readonly userId?: string }).userId === userId;
    return isAbout && (name === 'user_online' || name === 'user_offline');
  });
  const [first, ...later] = about;
  const wasNeverThere = (first?.said as { readonly lastSeenAt?: unknown } | undefined)?.lastSeenAt === null;
  return (wasNeverThere ? later : about).filter(({ name }) => name === 'user_offline');
}

/** What was told last; what was known before that counts as nothing. */
function lastTold(person: Person, { userId }: Person): PresenceStatus | undefined {
  const { deliveries } = person.device;
  for (const { name, said } of deliveries.toReversed()) {
    if (name === 'presence_changed') {
      const { people } = said as { readonly people: readonly { userId: string; status: PresenceStatus }[] };
      const found = people.find((one) => one.userId === userId);
      if (found) return found.status;
    }
    const isAbout = (said as { readonly userId?: string }).userId === userId;
    if (isAbout && name === 'user_online') return 'online';
    if (isAbout && name === 'user_offline') return 'offline';
  }
  return undefined;
}

async function untilTold(person: Person, other: Person, status: PresenceStatus): Promise<void> {
  await until({
    look: () => (lastTold(person, other) === status ? true : undefined),
    instead: () => `${person.name} was told that ${other.name} is ${lastTold(person, other)}`,
    waitMs: GONE_WAIT_MS,
  });
}

async function seenBy(person: Person, { userId }: Person): Promise<PresenceStatus | undefined> {
  const { data } = await person.api.call('getPresence', { query: { ids: userId } });
  return data[0]?.status;
}

async function untilSeen(person: Person, other: Person, status: PresenceStatus): Promise<void> {
  let last: PresenceStatus | undefined;
  await until({
    look: async () => {
      last = await seenBy(person, other);
      return last === status ? true : undefined;
    },
    instead: () => `${person.name} sees ${other.name} as ${last}`,
    waitMs: GONE_WAIT_MS,
  });
}
