import { Api } from '@parley/client';
import { type Person, story as test, until, type World } from '@parley/testing';
import { describe, expect } from 'vitest';

import { rawSocket } from './raw.ts';
import { untilReceipts } from './receipts-seen.ts';

/** Everything that is said to somebody, on a plain socket of their own. */
async function recorder(world: World, person: Person) {
  const { username, password } = person;
  const heard: { readonly name: string; readonly text: string }[] = [];
  const sockets = await Promise.all(
    [0, 1].map(async (index) => {
      const api = new Api({ url: world.gatewayUrl(index) });
      const { accessToken } = await api.call('signIn', { body: { username, password } });
      const socket = await rawSocket(world.gatewayUrl(index), { token: accessToken });
      socket.onAny((name: string, said: unknown) => heard.push({ name, text: JSON.stringify(said) }));
      return socket;
    }),
  );
  return {
    named: (name: string) => heard.filter((one) => one.name === name).map(({ text }) => text),
    /** Until both gateways have told a text: whatever was to come before it has come. */
    hears: (text: string) =>
      until({
        look: () =>
          heard.filter((one) => one.text.includes(text)).length >= sockets.length ? true : undefined,
        instead: () => `${person.name} heard ${JSON.stringify(heard)}`,
      }),
    close: () => sockets.forEach((socket) => socket.disconnect()),
  };
}

describe('somebody who keeps their reading to themselves', () => {
  test('is heard of by nobody else, while their own devices stay in step', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
    const direct = await an.startsDirect(binh);
    const laptop = await binh.takesAnotherDevice();
    const { conversationId } = hanoi;
    const recorders = await Promise.all([an, chi].map((person) => recorder(world, person)));

    const settings = await binh.api.call('changeSettings', { body: { readReceipts: false } });
    expect(settings).toEqual({ readReceipts: false, presence: 'everybody' });
    for (const device of binh.devices) {
      expect(await device.hears('settings_updated')).toEqual({ settings });
    }
    const messages = [];
    for (const text of ['một', 'hai', 'ba', 'bốn']) messages.push(await an.says(text, { in: hanoi }));
    const alone = await an.says('riêng', { in: direct });
    await laptop.opens(hanoi);
    await expect(binh).toSee(['một', 'hai', 'ba', 'bốn'], { in: hanoi });
    const [first, second, third, fourth] = messages.map(({ seq }) => seq);

    // By every way there is: either gateway, by socket and by REST, alone and in a batch, and by answering.
    const { connection } = binh.device.chat;
    await connection.request('mark_as_read', { conversationId, upToSeq: first ?? 0 });
    await laptop.chat.connection.request('message_read', { conversationId, upToSeq: second ?? 0 });
    await binh.api.call('markRead', { body: { conversationId, upToSeq: third ?? 0 } });
    const receipts = [
      { conversationId, upToSeq: fourth ?? 0 },
      { conversationId: direct.conversationId, upToSeq: alone.seq },
    ];
    await connection.request('read_receipts_batch', { receipts });
    const own = await laptop.hears('sync_read_status', ({ upToSeq }) => upToSeq === fourth);
    expect(own).toMatchObject({ conversationId, syncedFrom: binh.device.tokens.deviceId });
    const answer = await binh.says('em đây', { in: hanoi });
    await binh.says('em đây', { in: direct });

    await chi.says('chào', { in: hanoi });
    for (const one of recorders) await one.hears('chào');
    for (const one of recorders) {
      expect(one.named('messages_read').filter((text) => text.includes(binh.userId))).toEqual([]);
      expect(one.named('settings_updated')).toEqual([]);
      one.close();
    }
    for (const [person, place] of [
      [an, hanoi],
      [chi, hanoi],
      [an, direct],
    ] as const) {
      const params = { id: place.conversationId };
      const { data } = await person.api.call('listReadPositions', { params });
      expect(data.filter(({ userId }) => userId === binh.userId)).toEqual([]);
    }
    // Chi has answered, and so has read; Bình has answered as well.
    const { list, stats } = await untilReceipts(an, messages[0]?.messageId ?? '', { delivered: 2, read: 1 });
    expect(stats.read).toMatchObject({ count: 1, percentage: 50 });
    expect(list.data.find(({ userId }) => userId === binh.userId)).toMatchObject({
      state: 'delivered',
      readAt: null,
    });

    // Their own count went down all the same, and what is theirs they see.
    const params = { id: conversationId };
    const listed = await until({
      look: async () => {
        const found = await binh.api.call('getConversation', { params });
        return found.readUpToSeq >= answer.seq ? found : undefined;
      },
      instead: () => 'the own read position stands still',
    });
    expect(listed.unreadCount).toBe(listed.lastSeq > answer.seq ? 1 : 0);
    await until({
      look: async () => {
        const { data } = await binh.api.call('listReadPositions', { params });
        const place = data.find(({ userId }) => userId === binh.userId);
        return place && place.upToSeq >= (fourth ?? 0) ? place : undefined;
      },
      instead: () => 'Bình does not see how far Bình has read',
    });
  });

  test('is heard of again from the moment they say so, and not of what was before', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { conversationId } = hanoi;
    await binh.api.call('changeSettings', { body: { readReceipts: false } });
    const hidden = await an.says('một', { in: hanoi });
    await binh.api.call('markRead', { body: { conversationId, upToSeq: hidden.seq } });
    expect(await binh.api.call('changeSettings', { body: { readReceipts: true } })).toMatchObject({
      readReceipts: true,
    });
    expect(await binh.api.call('getSettings')).toMatchObject({ readReceipts: true });
    const shown = await an.says('hai', { in: hanoi });
    await binh.api.call('markRead', { body: { conversationId, upToSeq: shown.seq } });

    await an.device.hears('messages_read', ({ upToSeq }) => upToSeq === shown.seq);
    expect(an.device.heard('messages_read')).toMatchObject([{ userId: binh.userId, upToSeq: shown.seq }]);
  });
});
