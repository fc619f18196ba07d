import { ApiError } from '@parley/client';
import { newUuidV7, wordsOf } from '@parley/contracts';
import { type Person, type Place, story as test, type World } from '@parley/testing';
import { describe, expect } from 'vitest';

const POSTGRES_AWAY_MS = 20_000;
const SEND_EVERY_MS = 250;

describe('when a part is gone', () => {
  test('everything durable works without Redis', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    await world.levers.pull('redis', 'stop');
    try {
      const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
      await an.says('Redis đi vắng', { in: hanoi });
      await expect(binh).toSee(['Redis đi vắng'], { in: hanoi });
      const laptop = await binh.takesAnotherDevice();
      await laptop.opens(hanoi);
      await expect(laptop).toSee(['Redis đi vắng'], { in: hanoi });
    } finally {
      await world.levers.pull('redis', 'start');
    }
  });

  test('sending and live delivery go on without Postgres, and the history comes back with it', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const texts = ['trước'];
    await an.says('trước', { in: hanoi });
    await expect(binh).toSee(texts, { in: hanoi });

    await world.levers.pull('postgres', 'stop');
    try {
      const end = performance.now() + POSTGRES_AWAY_MS;
      while (performance.now() < end) {
        const text = `không có Postgres ${texts.length}`;
        await an.says(text, { in: hanoi });
        texts.push(text);
        await new Promise((resolve) => setTimeout(resolve, SEND_EVERY_MS));
      }
      await expect(binh).toSee(texts, { in: hanoi });
      // Who comes back is let in by the log, and brought up to date.
      await binh.goesOffline();
      await an.says('Bình đi vắng', { in: hanoi });
      texts.push('Bình đi vắng');
      await binh.comesBack();
      await expect(binh).toSee(texts, { in: hanoi });
      await expect(binh.history(hanoi)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    } finally {
      await world.levers.pull('postgres', 'start');
    }

    expect(await history(world, { of: hanoi, to: binh })).toEqual(texts.slice(-50));
  });

  test('the history is there after everything was started anew', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await an.says('một', { in: hanoi });
    await binh.says('hai', { in: hanoi });
    await world.levers.restartAllServices();

    await an.says('ba', { in: hanoi });
    await expect(an).toSee(['một', 'hai', 'ba'], { in: hanoi });
    await expect(binh).toSee(['một', 'hai', 'ba'], { in: hanoi });
    expect(await history(world, { of: hanoi, to: binh })).toEqual(['một', 'hai', 'ba']);
  });

  test('a gateway that dies takes nobody with it', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await binh.device.at(hanoi);
    const killing = world.levers.pull('gateway-2', 'kill');
    await an.says('Cổng của em vừa sập', { in: hanoi });
    await killing;

    await expect(binh).toSee(['Cổng của em vừa sập'], { in: hanoi });
    await binh.says('Em về rồi', { in: hanoi });
    await expect(an).toSee(['Cổng của em vừa sập', 'Em về rồi'], { in: hanoi });
  });

  test('while NATS is gone a send is told so or waits, and is stored once', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await binh.device.at(hanoi);
    await world.levers.pull('nats', 'kill');
    const { conversationId } = hanoi;
    const body = { conversationId, clientMessageId: newUuidV7(), content: 'trong bóng tối' };
    const refusal: unknown = await an.api.call('sendText', { body }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ApiError);
    expect(['UNAVAILABLE', 'UNKNOWN_OUTCOME']).toContain((refusal as ApiError).code);
    const key = await an.device.hands('có ai không?', { in: hanoi });
    await world.levers.pull('nats', 'start');

    await an.device.ticks(key, hanoi, 'sent');
    await expect(binh).toSee(an.device.textsIn(hanoi), { in: hanoi });
  });
});

interface Shown {
  readonly of: Place;
  readonly to: Person;
}

/** The texts of the newest page, asked for once, up to where the log is now. */
async function history(world: World, { of: place, to: reader }: Shown): Promise<readonly string[]> {
  const last = (await world.logOf(place)).at(-1);
  const page = await reader.history(place, `conv-${last?.position}`);
  return page.map(({ content }) => wordsOf(content));
}
