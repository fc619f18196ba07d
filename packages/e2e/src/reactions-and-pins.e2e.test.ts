import { newUuidV7 } from '@parley/contracts';
import { type Device, type Place, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

/** What one message has on it, as a device shows it. */
const reactionsOn = (device: Device, place: Place, seq: number) =>
  device.messagesIn(place).find((message) => message.seq === seq)?.reactions;

async function shows(device: Device, place: Place, expected: { readonly seq: number; readonly on: unknown }) {
  const isThere = () =>
    JSON.stringify(reactionsOn(device, place, expected.seq)) === JSON.stringify(expected.on);
  await until({
    look: () => (isThere() ? true : undefined),
    instead: () => `${device.name} shows ${JSON.stringify(reactionsOn(device, place, expected.seq))}`,
  });
}

describe('reactions', () => {
  test('are counted on every device, each person’s own marked, and the same one again takes it away', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { messageId, seq } = await an.says('Ai đi ăn phở?', { in: hanoi });
    await expect(binh).toSee(['Ai đi ăn phở?'], { in: hanoi });
    const [ofAn, ofBinh] = await Promise.all([an.device.at(hanoi), binh.device.at(hanoi)]);

    await ofBinh.react(messageId, '👍');
    await ofAn.react(messageId, '👍');
    await ofAn.react(messageId, '🍜');
    const both = [
      { emoji: '👍', count: 2, own: true },
      { emoji: '🍜', count: 1, own: true },
    ];
    await shows(an.device, hanoi, { seq, on: both });
    await shows(binh.device, hanoi, { seq, on: [both[0], { ...both[1], own: false }] });

    const { position } = await ofAn.react(messageId, '👍');
    const { data, total } = await binh.api.call('listReactions', {
      params: { id: messageId },
      minPosition: position,
    });
    expect(total).toBe(2);
    expect(data.map(({ emoji, userIds }) => [emoji, userIds])).toEqual([
      ['🍜', [an.userId]],
      ['👍', [binh.userId]],
    ]);
  });

  test('a toggle under one key toggles once, and what is no emoji is refused', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { messageId } = await an.says('chào', { in: hanoi });
    const idempotencyKey = newUuidV7();
    const react = () =>
      binh.device.chat.connection.request('react_to_message', { messageId, emoji: '👍', idempotencyKey });

    for (const { own, count } of [await react(), await react(), await react()]) {
      expect({ own, count }).toEqual({ own: true, count: 1 });
    }
    for (const emoji of ['<script>', 'hay', '👍👍', '👨\u200d'.repeat(40)]) {
      const asked = binh.api.call('reactToMessage', { params: { id: messageId }, body: { emoji } });
      await expect(asked).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    }
  });
});

describe('pins', () => {
  test('the owner pins, everybody sees it, and a member may not', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const first = await an.says('nội quy', { in: hanoi });
    const second = await binh.says('địa chỉ', { in: hanoi });
    const params = { id: first.messageId };

    await an.api.call('pinMessage', { params });
    const { position } = await an.api.call('pinMessage', { params: { id: second.messageId } });
    await expect(binh.api.call('unpinMessage', { params })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const told = await binh.device.hears('message_pinned', ({ messageId }) => messageId === second.messageId);
    expect(told).toMatchObject({ isPinned: true, pinnedBy: an.userId, messageSeq: second.seq });

    const list = { params: { id: hanoi.conversationId } };
    const { data } = await binh.api.call('listPins', { ...list, minPosition: position });
    expect(data.map(({ message }) => message.messageId)).toEqual([second.messageId, first.messageId]);

    await an.api.call('deleteMessage', { params: { id: second.messageId } });
    const { position: last } = await an.api.call('unpinMessage', { params });
    expect((await binh.api.call('listPins', { ...list, minPosition: last })).data).toEqual([]);
  });
});
