import type { ConversationId } from '@parley/contracts';
import { type Device, type Person, type Place, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

describe('writing', () => {
  test('is told to the members who look, and to no device of who writes', async ({ world }) => {
    const [an, binh, chi, dung] = await world.people('An', 'Bình', 'Chi', 'Dũng');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
    const laptop = await an.takesAnotherDevice();
    for (const device of [an.device, laptop, binh.device]) await looksAt(device, hanoi);
    await chi.device.at(hanoi);

    await write(an.device, hanoi);
    await binh.device.hears('user_typing', ({ userId }) => userId === an.userId);
    // Nobody else may, and nobody hears that they tried.
    await expect(write(dung.device, hanoi)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(write(dung.device, hanoi, 'typing_stop')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await write(an.device, hanoi, 'typing_stop');
    await binh.device.hears('user_stopped_typing', ({ userId }) => userId === an.userId);
    const { conversationId } = hanoi;
    expect(binh.device.heard('user_typing')).toEqual([{ conversationId, userId: an.userId }]);
    // Chi is in it and does not look; the others are An's own.
    for (const device of [chi.device, laptop, an.device, dung.device]) {
      expect([...device.heard('user_typing'), ...device.heard('user_stopped_typing')]).toEqual([]);
    }
  });

  test('ends with the message, with the socket and with silence', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
    await looksAt(chi.device, hanoi);
    await binh.device.at(hanoi);
    const stops = (person: Person) =>
      chi.device.heard('user_stopped_typing').filter(({ userId }) => userId === person.userId).length;
    const stopped = (person: Person, count: number) =>
      until({
        look: () => (stops(person) === count ? true : undefined),
        instead: () => `${person.name} stopped ${stops(person)} times`,
      });

    await write(an.device, hanoi);
    await chi.device.hears('user_typing', ({ userId }) => userId === an.userId);
    await an.says('Xong rồi', { in: hanoi });
    await stopped(an, 1);
    // Who comes to look later is shown who is writing.
    await write(binh.device, hanoi);
    await chi.device.hears('user_typing', ({ userId }) => userId === binh.userId);
    await looksAt(an.device, hanoi);
    await an.device.hears('user_typing', ({ userId }) => userId === binh.userId);
    await binh.goesOffline();
    await stopped(binh, 1);
    await binh.comesBack();
    // Within a second of the first time it is not told; then it is.
    const starts = () =>
      chi.device.heard('user_typing').filter(({ userId }) => userId === binh.userId).length;
    await until({
      look: () => write(binh.device, hanoi).then(() => (starts() === 2 ? true : undefined)),
      instead: () => `Chi heard Bình begin ${starts()} times`,
    });
    await stopped(binh, 2);
    // By itself, and once.
    await an.says('Bình ngủ quên à?', { in: hanoi });
    await expect(chi).toSee(['Xong rồi', 'Bình ngủ quên à?'], { in: hanoi });
    expect(stops(binh)).toBe(2);
  });

  test('is told at most once a second, however often it is said', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    await looksAt(binh.device, place);
    const startedAt = performance.now();
    for (let count = 0; count < 15; count += 1) await write(an.device, place);
    const tookMs = performance.now() - startedAt;
    await an.says('Nói đây', { in: place });
    await expect(binh).toSee(['Nói đây'], { in: place });
    const told = binh.device.heard('user_typing').length;
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThanOrEqual(1 + Math.floor(tookMs / 1_000));
  });

  test('is heard by neither of two in a direct chat with a block, and the writer is not told', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    for (const { device } of [an, binh]) await looksAt(device, place);
    await an.device.chat.blocks.block(binh.userId);
    await until({
      look: async () => {
        const log = await world.logOf(place);
        const seen = [an, binh].map(
          ({ device }) => device.chat.conversation(place.conversationId)?.state.view.cursor,
        );
        return seen.every((cursor) => cursor === log.at(-1)?.seq) ? true : undefined;
      },
      instead: () => 'the block has not come to both',
    });
    await write(binh.device, place);
    await write(an.device, place);
    await an.says('Chào', { in: place });
    await expect(binh).toSee(['Chào'], { in: place });
    for (const { device } of [an, binh]) expect(device.heard('user_typing')).toEqual([]);
  });

  test('is not stored', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    await looksAt(binh.device, place);
    const before = await world.storedCount();
    await write(an.device, place);
    await binh.device.hears('user_typing');
    expect(await world.storedCount()).toEqual(before);
  });
});

async function looksAt(device: Device, place: Place): Promise<void> {
  await device.at(place);
  const conversationId = place.conversationId as ConversationId;
  await device.chat.connection.request('join_conversation', { conversationId });
}

async function write(
  device: Device,
  { conversationId }: Place,
  event: 'typing_start' | 'typing_stop' = 'typing_start',
): Promise<void> {
  await device.chat.connection.request(event, { conversationId });
}
