import { type Delivery, story as test, until } from '@parley/testing';
import { expect } from 'vitest';

import { rawSocket } from './raw.ts';

test('what is delivered to somebody who is out, or of a reading in private, does not go unseen', async ({
  world,
}) => {
  const [an, binh] = await world.people('An', 'Bình');
  const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
  const { conversationId } = hanoi;
  await an.says('một', { in: hanoi });
  await expect(binh).toSee(['một'], { in: hanoi });
  await an.removes(binh, { from: hanoi });
  await an.says('hai', { in: hanoi });
  await an.device.hears('new_message', ({ message }) => message.seq === 4);
  expect(await world.unlawfulDeliveries()).toEqual([]);

  // As if a gateway had said to Bình all that it said to An.
  const leaked = an.device.deliveries.map((one) => ({ ...one, userId: binh.userId }));
  expect(await world.unlawfulDeliveries(leaked)).toEqual([
    `An's phone heard new_message of ${conversationId}: ${binh.userId} was not in it at 4`,
  ]);
});

test('a reading in private that somebody else hears of does not go unseen', async ({ world }) => {
  const [an, binh] = await world.people('An', 'Bình');
  const hanoi = await an.startsDirect(binh);
  const { conversationId } = hanoi;
  const { seq: upToSeq } = await an.says('một', { in: hanoi });
  await binh.api.call('changeSettings', { body: { readReceipts: false } });
  await binh.api.call('markRead', { body: { conversationId, upToSeq } });
  const read = await until({
    look: async () => {
      const { data } = await binh.api.call('listReadPositions', { params: { id: conversationId } });
      return data.find((one) => one.userId === binh.userId && one.upToSeq === upToSeq);
    },
    instead: () => 'Bình has not read',
  });

  const said = { conversationId, userId: binh.userId, upToSeq, readAt: read.readAt };
  const leaked = { device: 'phone', userId: an.userId, name: 'messages_read', said };
  expect(await world.unlawfulDeliveries([leaked])).toEqual([
    `phone heard messages_read of ${conversationId}: ${binh.userId} reads in private`,
  ]);
});

test('what is told to a bare socket is heard, though nobody listens to it', async ({ world }) => {
  const [an, binh] = await world.people('An', 'Bình');
  const hanoi = await an.startsDirect(binh);
  const socket = await rawSocket(world.gatewayUrl(1), { token: an.device.tokens.accessToken });
  const { messageId } = await binh.says('một', { in: hanoi });
  const heard: Delivery[] = [];
  const tellings = () =>
    heard.filter(
      ({ name, userId, said }) =>
        name === 'new_message' && userId === an.userId && JSON.stringify(said).includes(messageId),
    );
  await until({
    look: async () => {
      heard.push(...(await world.levers.overheard()));
      return tellings().length === 2 ? true : undefined;
    },
    instead: () => `heard ${JSON.stringify(tellings())}`,
  });
  socket.disconnect();
  expect(new Set(tellings().map(({ device }) => device)).size).toBe(2);
  expect(await world.unlawfulDeliveries(heard)).toEqual([]);
  const leaked = heard.map((one) => ({ ...one, userId: 'usr_nobody' as typeof an.userId }));
  expect((await world.unlawfulDeliveries(leaked)).length).toBeGreaterThan(0);
});
