import { newId, type PresenceStatus, type ServerEventName } from '@parley/contracts';
import { type Device, type Person, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

/** Longer than 45 s, on a machine with much else to do. */
const OFFLINE_WAIT_MS = 70_000;

describe('whether people are there', () => {
  test('is told to who shares a conversation and watches, from either gateway', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    await an.startsGroup('Hà Nội', { with: [binh] });
    await binh.goesOffline();
    await untilStatus(an, binh, 'offline');
    await subscribe(an.device, [binh, chi]);
    const gone = await seenBy(an, binh);
    expect(gone).toMatchObject({ status: 'offline' });
    expect(Date.parse(gone?.lastSeenAt ?? '')).toBeLessThanOrEqual(Date.now());

    await binh.comesBack();
    await an.device.hears('user_online', ({ userId }) => userId === binh.userId);
    // Whom one shares nothing with is left out, by socket and by REST.
    expect(await subscribe(an.device, [binh, chi, an])).toMatchObject([
      { userId: binh.userId, status: 'online' },
    ]);
    expect(await presenceOf(an, [binh.userId, chi.userId, newId('usr')])).toMatchObject([
      { userId: binh.userId, status: 'online', lastSeenAt: null },
    ]);
    expect(await presenceOf(chi, [an.userId, binh.userId])).toEqual([]);
    expect(about(chi.device, binh)).toEqual([]);
  });

  test('is told of whom one has asked for before sharing anything with them', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    expect(await subscribe(an.device, [binh])).toEqual([]);
    await binh.startsGroup('Hà Nội', { with: [an] });
    await an.device.hears('user_online', ({ userId }) => userId === binh.userId);
  });

  test('is away only when all devices are, and gone only with the last of them', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    await an.startsDirect(binh);
    const laptop = await binh.takesAnotherDevice();
    await subscribe(an.device, [binh]);
    await untilStatus(an, binh, 'online');

    await binh.device.chat.connection.request('presence_update', { status: 'away' });
    await laptop.chat.connection.request('presence_update', { status: 'away' });
    await an.device.hears('presence_changed', ({ people }) =>
      people.some(({ userId, status }) => userId === binh.userId && status === 'away'),
    );
    await binh.device.chat.connection.request('presence_update', { status: 'online' });
    await an.device.hears('presence_changed', ({ people }) =>
      people.some(({ userId, status }) => userId === binh.userId && status === 'online'),
    );
    await laptop.goesOffline();
    await binh.device.chat.connection.request('presence_update', { status: 'away' });
    await binh.goesOffline();
    await an.device.hears('user_offline', ({ userId }) => userId === binh.userId);
    expect(await seenBy(an, binh)).toMatchObject({ status: 'offline' });
  });

  test('is not told of who comes back at once', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    await an.startsGroup('Hà Nội', { with: [binh, chi] });
    await subscribe(an.device, [binh, chi]);
    await untilStatus(an, binh, 'online');
    // Chi goes with the first of Bình's absences, so by the time that is told each of them would have been.
    await chi.goesOffline();
    for (let times = 0; times < 3; times += 1) {
      await binh.goesOffline();
      await binh.comesBack();
    }
    await an.device.hears('user_offline', ({ userId }) => userId === chi.userId);
    await untilStatus(an, binh, 'online');
    expect(about(an.device, binh).filter(([name]) => name === 'user_offline')).toEqual([]);
  });

  test('is nobody’s to know who is blocked, or has blocked', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    await an.startsGroup('Hà Nội', { with: [binh] });
    await subscribe(an.device, [binh]);
    await subscribe(binh.device, [an]);
    await untilStatus(an, binh, 'online');
    // There is no direct chat between the two, and never was.
    await an.device.chat.blocks.block(binh.userId);
    for (const [watching, watched] of [
      [an, binh],
      [binh, an],
    ] as const) {
      await watching.device.hears('presence_changed', ({ people }) =>
        people.some(({ userId, status }) => userId === watched.userId && status === 'unknown'),
      );
      expect(await subscribe(watching.device, [watched])).toEqual([]);
    }
    await untilStatus(an, binh, undefined);
    await untilStatus(binh, an, undefined);

    await an.device.chat.blocks.unblock(binh.userId);
    await untilStatus(an, binh, 'online');
    expect(
      await until({
        look: async () => (await subscribe(binh.device, [an])).find(({ status }) => status === 'online'),
        instead: () => 'Bình is still not shown An',
      }),
    ).toMatchObject({ userId: an.userId });
  });

  test('is one’s own to hide, there and gone', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    await an.startsDirect(binh);
    await subscribe(an.device, [binh]);
    await untilStatus(an, binh, 'online');
    await binh.api.call('changeSettings', { body: { presence: 'nobody' } });
    await an.device.hears('presence_changed', ({ people }) =>
      people.some(({ userId, status }) => userId === binh.userId && status === 'unknown'),
    );
    expect(await seenBy(an, binh)).toMatchObject({ status: 'unknown', lastSeenAt: null });
    // What is hidden stays so when its person goes and comes back.
    await binh.goesOffline();
    await binh.comesBack();
    const before = about(an.device, binh).length;
    await binh.api.call('changeSettings', { body: { presence: 'everybody' } });
    await until({
      look: () => (about(an.device, binh).length > before ? true : undefined),
      instead: () => 'An is not told of Bình again',
    });
    expect(
      about(an.device, binh)
        .slice(before)
        .map(([, said]) => said),
    ).toMatchObject([{ userId: binh.userId }]);
    await untilStatus(an, binh, 'online');
  });

  test('ends with the last conversation that both are in', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const hue = await an.startsGroup('Huế', { with: [binh] });
    await subscribe(binh.device, [an]);
    await untilStatus(binh, an, 'online');
    await binh.leaves(hanoi);
    await subscribe(binh.device, [an]);
    expect(await subscribe(binh.device, [an])).toMatchObject([{ userId: an.userId, status: 'online' }]);
    await an.removes(binh, { from: hue });
    await binh.device.hears('presence_changed', ({ people }) =>
      people.some(({ userId, status }) => userId === an.userId && status === 'unknown'),
    );
    expect(await subscribe(binh.device, [an])).toEqual([]);
  });

  test('is told of everybody in a conversation that is looked at', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await untilStatus(an, binh, 'online');
    const { connection } = an.device.chat;
    await connection.request('join_conversation', { conversationId: hanoi.conversationId });
    await untilTold(an.device, binh, 'online');
    await an.adds([chi], { to: hanoi });
    await untilTold(an.device, chi, 'online');
    await connection.request('leave_conversation', { conversationId: hanoi.conversationId });
    await an.device.settles();
    const before = about(an.device, chi).length;
    await chi.goesOffline();
    await untilStatus(an, chi, 'offline');
    expect(about(an.device, chi)).toHaveLength(before);
  });
});

type Told = readonly [ServerEventName, unknown];

/** Everything that was said to a device of whether somebody is there. */
function about(device: Device, { userId }: Person): readonly Told[] {
  const single = (['user_online', 'user_offline'] as const).flatMap((name) =>
    device.heard(name).map((said): Told => [name, said]),
  );
  const several = device
    .heard('presence_changed')
    .flatMap(({ people }) => people.map((said): Told => ['presence_changed', said]));
  return [...single, ...several].filter(([, said]) => (said as { userId: string }).userId === userId);
}

function untilTold(device: Device, person: Person, status: PresenceStatus): Promise<true> {
  return until({
    look: () =>
      about(device, person).some(([name, said]) =>
        name === 'presence_changed'
          ? (said as { status: string }).status === status
          : name === `user_${status}`,
      )
        ? true
        : undefined,
    instead: () => `${device.name} was told ${JSON.stringify(about(device, person))}`,
  });
}

async function subscribe(device: Device, people: readonly Person[]) {
  const userIds = people.map(({ userId }) => userId);
  return (await device.chat.connection.request('presence_subscribe', { userIds })).people;
}

async function presenceOf(person: Person, ids: readonly string[]) {
  return (await person.api.call('getPresence', { query: { ids: ids.join(',') } })).data;
}

async function seenBy(person: Person, other: Person) {
  return (await presenceOf(person, [other.userId])).find(({ userId }) => userId === other.userId);
}

/** Until that is what somebody sees of another; undefined for nothing at all. */
async function untilStatus(person: Person, other: Person, status: PresenceStatus | undefined): Promise<void> {
  let last: PresenceStatus | undefined;
  await until({
    look: async () => {
      last = (await seenBy(person, other))?.status;
      return last === status ? true : undefined;
    },
    instead: () => `${person.name} sees ${other.name} as ${last}, not ${status}`,
    waitMs: OFFLINE_WAIT_MS,
  });
}
