import { newUuidV7 } from '@parley/contracts';
import { story as test } from '@parley/testing';
import { describe, expect } from 'vitest';

const MANY = 130;
const READ_COUNT = 100;

describe('two people chatting', () => {
  test('what one says, the other sees on every device, in one order', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const laptop = await binh.takesAnotherDevice();

    await an.says('Chào em', { in: hanoi });
    await binh.says('Chào anh', { in: hanoi });
    await binh.says('Anh khỏe không?', { in: hanoi, from: laptop });
    await laptop.opens(hanoi);

    await expect(an).toSee(['Chào em', 'Chào anh', 'Anh khỏe không?'], { in: hanoi });
    await expect(binh).toSee(['Chào em', 'Chào anh', 'Anh khỏe không?'], { in: hanoi });
    expect(an.device.messagesIn(hanoi).map(({ seq }) => seq)).toEqual([2, 3, 4]);
  });

  test('one tick when it is stored, two when it is read', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);

    const key = await an.device.hands('Em đọc chưa?', { in: hanoi });
    await an.device.ticks(key, hanoi, 'sent');
    await expect(binh).toSee(['Em đọc chưa?'], { in: hanoi });
    (await binh.device.at(hanoi)).markRead();

    await an.device.ticks(key, hanoi, 'read');
  });

  test('reading on one device is told to the others and to the sender', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const laptop = await binh.takesAnotherDevice();
    const { messageId, seq } = await an.says('Tối nay ăn gì?', { in: hanoi });

    const { conversationId } = hanoi;
    await binh.device.chat.connection.request('mark_as_read', { conversationId, messageId });

    const own = await laptop.hears('sync_read_status', (said) => said.upToSeq === seq);
    expect(own).toMatchObject({ conversationId, syncedFrom: binh.device.tokens.deviceId });
    expect(await an.device.hears('messages_read')).toMatchObject({ userId: binh.userId, upToSeq: seq });
  });

  test('a read position never goes back, and never beyond the end', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const first = await an.says('một', { in: hanoi });
    const second = await an.says('hai', { in: hanoi });
    const { conversationId } = hanoi;

    const body = (upToSeq: number) => ({ body: { conversationId, upToSeq } });
    const { position } = await binh.api.call('markRead', body(second.seq));
    await binh.api.call('markRead', body(first.seq));
    await expect(binh.api.call('markRead', body(99))).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });

    const { data } = await an.api.call('listReadPositions', {
      params: { id: conversationId },
      ...(position === undefined ? {} : { minPosition: position }),
    });
    expect(data.find(({ userId }) => userId === binh.userId)).toMatchObject({ upToSeq: second.seq });
  });

  test('the list shows what is new, who said what last, and how much is unread', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const hue = await an.startsGroup('Huế', { with: [binh] });
    await an.says('một', { in: hue });
    await an.says('hai', { in: hanoi });
    await an.says('ba', { in: hanoi });
    await expect(binh).toSee(['hai', 'ba'], { in: hanoi });

    const summaries = binh.device.chat.conversations();
    expect(summaries.map(({ title, unreadCount }) => [title, unreadCount])).toEqual([
      ['Hà Nội', 2],
      ['Huế', 1],
    ]);
    expect(summaries[0]?.lastMessage?.content).toMatchObject({ text: 'ba' });

    const { position } = await binh.api.call('markRead', {
      body: { conversationId: hanoi.conversationId, upToSeq: 3 },
    });
    const { data } = await binh.api.call(
      'listConversations',
      position === undefined ? {} : { minPosition: position },
    );
    expect(data.map(({ name, unreadCount }) => [name, unreadCount])).toEqual([
      ['Hà Nội', 0],
      ['Huế', 1],
    ]);
    expect(data[0]?.lastMessage?.content).toMatchObject({ text: 'ba' });
  });
});

describe('reading what was written', () => {
  test('each question shows what was written before it, at the first try', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const { api } = an;
    expect(await api.call('getMe')).toMatchObject({ userId: an.userId, displayName: 'An' });
    await api.call('renameDevice', { params: { id: an.device.tokens.deviceId }, body: { name: 'máy bảng' } });
    expect((await api.call('listDevices')).data).toMatchObject([{ name: 'máy bảng' }]);
    await api.call('changeMe', { body: { displayName: 'An Nguyễn' } });
    const { data: people } = await api.call('listPeople', { query: { q: an.username } });
    expect(people).toMatchObject([{ userId: an.userId, displayName: 'An Nguyễn' }]);

    const { conversationId } = await api.call('startGroup', { body: { name: 'Hà Nội', memberIds: [] } });
    expect((await api.call('listConversations')).data).toMatchObject([{ name: 'Hà Nội' }]);
    const params = { id: conversationId };
    await api.call('addMembers', { params, body: { userIds: [binh.userId] } });
    expect((await api.call('listMembers', { params })).data.length).toBe(2);
    const body = { conversationId, clientMessageId: newUuidV7(), content: 'Chào em' };
    const { seq } = await api.call('sendText', { body });
    expect((await api.call('listMessages', { params })).data.at(-1)).toMatchObject({ seq });
    await binh.api.call('markRead', { body: { conversationId, upToSeq: seq } });
    const { data: positions } = await binh.api.call('listReadPositions', { params });
    expect(positions).toMatchObject([{ userId: binh.userId, upToSeq: seq }]);
  });

  test('a read that names the position of a write includes it, through any gateway', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const { conversationId } = await an.startsDirect(binh);
    const stale: number[] = [];
    for (let count = 0; count < READ_COUNT; count += 1) {
      const body = { conversationId, clientMessageId: newUuidV7(), content: `lời ${count}` };
      const { position, seq } = await an.api.call('sendText', { body });
      const page = await binh.api.call('listMessages', {
        params: { id: conversationId },
        minPosition: position,
      });
      const list = await binh.api.call('listConversations', { minPosition: position });
      if (page.data.at(-1)?.seq !== seq || list.data[0]?.lastMessage?.seq !== seq) stale.push(seq);
    }
    expect(stale).toEqual([]);
  });
});

describe('somebody who was away', () => {
  test('a message sent while Bình is offline is waiting when he returns', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await binh.device.at(hanoi);

    await binh.goesOffline();
    await an.says('Chào em', { in: hanoi });
    await binh.comesBack();

    await expect(binh).toSee(['Chào em'], { in: hanoi });
  });

  test('more than a page was missed, and nothing is missing', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await an.says('0', { in: hanoi });
    await expect(binh).toSee(['0'], { in: hanoi });
    await binh.goesOffline();

    const texts = Array.from({ length: MANY }, (_, index) => String(index + 1));
    for (const text of texts) await an.device.hands(text, { in: hanoi });
    await expect(an).toSee(['0', ...texts], { in: hanoi });
    await binh.comesBack();

    await expect(binh).toSee(['0', ...texts], { in: hanoi });
  });

  test('what was written offline is sent on the return, once and in order', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await binh.device.at(hanoi);

    await binh.goesOffline();
    for (const text of ['một', 'hai', 'ba']) await binh.device.hands(text, { in: hanoi });
    await binh.comesBack();

    await expect(an).toSee(['một', 'hai', 'ba'], { in: hanoi });
  });
});
