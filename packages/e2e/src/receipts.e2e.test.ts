import { type Device, type Person, type Place, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

import { untilReceipts } from './receipts-seen.ts';

const RECEIPT_COUNT_MAX = 200;
/** What is read on one device is read on all within this time. */

/** How much is unread, once a write is in. */
async function unreadOf(person: Person, place: Place, minPosition?: string): Promise<number> {
  const { unreadCount } = await person.api.call('getConversation', {
    params: { id: place.conversationId },
    ...(minPosition === undefined ? {} : { minPosition }),
  });
  return unreadCount;
}

describe('ticks', () => {
  test('two ticks when it has come to a device, though nobody has looked yet', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const key = await an.device.hands('Em ơi', { in: hanoi });
    await an.device.ticks(key, hanoi, 'delivered');

    expect((await an.device.at(hanoi)).statusOf(key)).toBe('delivered');
    const { updates } = await an.device.hears('delivery_updates');
    expect(updates).toMatchObject([{ userId: binh.userId, upToSeq: 2 }]);
    expect(an.device.heard('messages_read')).toEqual([]);
    (await binh.device.at(hanoi)).markRead();
    await an.device.ticks(key, hanoi, 'read');
  });

  test('one tick while Bình is away; two when he comes back and catches up', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    await binh.device.at(hanoi);
    await binh.goesOffline();
    const { messageId, clientMessageId } = await an.says('Về chưa?', { in: hanoi });
    await untilReceipts(an, messageId, { delivered: 0, read: 0 });
    expect((await an.device.at(hanoi)).statusOf(clientMessageId)).toBe('sent');

    await binh.comesBack();
    await an.device.ticks(clientMessageId, hanoi, 'delivered');
  });

  test('An, who opens the chat later, sees them as they are', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { clientMessageId } = await an.says('Em ơi', { in: hanoi });
    await an.device.ticks(clientMessageId, hanoi, 'delivered');
    const laptop = await an.takesAnotherDevice();
    const conversation = await laptop.opens(hanoi);
    expect(conversation.statusOf(clientMessageId)).toBe('delivered');
  });
});

describe('who has a message, and who has read it', () => {
  test('is told to members, with the time at which each had it', async ({ world }) => {
    const [an, binh, chi, dung] = await world.people('An', 'Bình', 'Chi', 'Dũng');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
    await chi.device.at(hanoi);
    await chi.goesOffline();
    const { messageId, sentAt } = await an.says('Họp lúc mấy giờ?', { in: hanoi });
    await untilReceipts(an, messageId, { delivered: 1, read: 0 });
    (await binh.device.at(hanoi)).markRead();

    const { stats, list } = await untilReceipts(an, messageId, { delivered: 1, read: 1 });
    expect(stats).toMatchObject({
      recipientCount: 2,
      delivered: { percentage: 50 },
      read: { percentage: 50 },
    });
    const [receipt] = list.data;
    expect(receipt).toMatchObject({ userId: binh.userId, state: 'read' });
    const times = [sentAt, receipt?.deliveredAt, receipt?.readAt].map((time) => Date.parse(time ?? ''));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    await chi.comesBack();
    const later = await untilReceipts(binh, messageId, { delivered: 2, read: 1 });
    expect(later.stats).toMatchObject({ delivered: { percentage: 100 } });
    expect(later.list.data.find(({ userId }) => userId === binh.userId)).toEqual(receipt);

    const params = { id: messageId };
    const readers = await an.api.call('listReceipts', { params, query: { state: 'read' } });
    expect(readers.data).toEqual([receipt]);
    await expect(dung.api.call('getReceiptStats', { params })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(dung.api.call('listReceipts', { params })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('is read page by page', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
    const { messageId } = await an.says('Họp lúc mấy giờ?', { in: hanoi });
    await untilReceipts(an, messageId, { delivered: 2, read: 0 });
    const params = { id: messageId };
    const first = await an.api.call('listReceipts', { params, query: { limit: 1 } });
    const cursor = first.page.nextCursor ?? '';
    const second = await an.api.call('listReceipts', { params, query: { limit: 1, cursor } });
    expect(second.page.hasMore).toBe(false);
    const seen = [...first.data, ...second.data].map(({ userId }) => userId);
    expect(seen.toSorted()).toEqual([binh.userId, chi.userId].toSorted());
  });
});

describe('receipts by hand', () => {
  test('a batch does each for itself, and no userId in it makes somebody else read', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { messageId, seq } = await an.says('Em ơi', { in: hanoi });
    await untilReceipts(an, messageId, { delivered: 1, read: 0 });
    const { conversationId } = hanoi;
    const nowhere = 'cnv_00000000000000000000000001';
    const receipts = [
      { conversationId, messageId, userId: an.userId },
      { conversationId: nowhere, upToSeq: 1 },
      { conversationId, upToSeq: 99 },
      { type: 'delivered' as const, conversationId, upToSeq: seq },
    ];
    const { connection } = binh.device.chat;
    const { results } = await connection.request('read_receipts_batch', { receipts });
    expect(results).toMatchObject([
      { ok: true, upToSeq: seq },
      { ok: false, code: 'NOT_FOUND' },
      { ok: false, code: 'VALIDATION_FAILED' },
      { ok: true, upToSeq: seq },
    ]);
    const { list } = await untilReceipts(an, messageId, { delivered: 1, read: 1 });
    expect(list.data.map(({ userId }) => userId)).toEqual([binh.userId]);

    const many = Array.from({ length: RECEIPT_COUNT_MAX + 1 }, () => ({ conversationId, upToSeq: 1 }));
    await expect(connection.request('read_receipts_batch', { receipts: many })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  test('one message is said to be delivered, then read', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsDirect(binh);
    const { conversationId } = hanoi;
    const { messageId, seq } = await an.says('Em ơi', { in: hanoi });
    const { connection } = binh.device.chat;
    const payload = { conversationId, messageId, userId: an.userId };
    expect(await connection.request('message_delivered', payload)).toMatchObject({ upToSeq: seq });
    const read = await connection.request('message_read', payload);
    expect(read).toMatchObject({ upToSeq: seq });
    expect(await unreadOf(binh, hanoi, read.position)).toBe(0);
    for (const event of ['message_delivered', 'message_read'] as const) {
      const stranger = chi.device.chat.connection.request(event, { conversationId, upToSeq: 1 });
      await expect(stranger).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('unread', () => {
  test('read on one device is read on all, and nothing is left at the head', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const laptop = await binh.takesAnotherDevice();
    for (const text of ['một', 'hai', 'ba']) await an.says(text, { in: hanoi });
    await laptop.opens(hanoi);
    await expect(binh).toSee(['một', 'hai', 'ba'], { in: hanoi });
    await untilUnread(binh.devices, hanoi, 3);

    (await binh.device.at(hanoi)).markRead();
    const { syncedFrom } = await laptop.hears('sync_read_status');
    expect(syncedFrom).toBe(binh.device.tokens.deviceId);
    await untilUnread(binh.devices, hanoi, 0);
    await until({
      look: async () => ((await unreadOf(binh, hanoi)) === 0 ? true : undefined),
      instead: () => 'the list still counts',
    });
  });

  test('who answers has read what was said before, on all devices, and the others are told', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const laptop = await binh.takesAnotherDevice();
    const key = await an.device.hands('Ăn cơm chưa?', { in: hanoi });
    await laptop.opens(hanoi);
    await expect(binh).toSee(['Ăn cơm chưa?'], { in: hanoi });
    await untilUnread(binh.devices, hanoi, 1);

    const { seq } = await binh.says('Rồi', { in: hanoi });
    await untilUnread(binh.devices, hanoi, 0);
    await an.device.ticks(key, hanoi, 'read');
    const listed = await until({
      look: async () => {
        const found = await binh.api.call('getConversation', { params: { id: hanoi.conversationId } });
        return found.readUpToSeq >= seq ? found : undefined;
      },
      instead: () => 'the answer has not been counted as reading',
    });
    expect(listed.unreadCount).toBe(0);
  });
});

async function untilUnread(devices: readonly Device[], place: Place, count: number): Promise<void> {
  const counts = () => devices.map(({ chat }) => chat.conversation(place.conversationId)?.state.unreadCount);
  await until({
    look: () => (counts().every((one) => one === count) ? true : undefined),
    instead: () => `the devices count ${counts().join(' and ')}, not ${count}`,
  });
}
