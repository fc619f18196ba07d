import { newUuidV7 } from '@parley/contracts';
import { type Person, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

async function namesOf(person: Person, query: Record<string, string>) {
  const { data, total } = await person.api.call('listConversations', { query });
  expect(total).toBe(data.length);
  return data.map(({ name }) => name);
}

const calling = (person: Person) => ({
  content: '@bạn ơi',
  entities: [{ type: 'mention' as const, offset: 0, length: 4, userId: person.userId }],
});

describe('finding and counting', () => {
  test('a list by name, with or without accents, of groups and of people', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Đặng Bình');
    const hanoi = await an.startsGroup('Phở Hà Nội', { with: [binh] });
    const direct = await an.startsDirect(binh);
    await an.device.at(direct);

    expect(await namesOf(an, { q: 'ha noi' })).toEqual(['Phở Hà Nội']);
    expect(await namesOf(an, { q: 'HÀ NỘI' })).toEqual(['Phở Hà Nội']);
    expect(await namesOf(an, { q: 'dang b' })).toEqual([null]);
    expect(await namesOf(an, { q: '100%' })).toEqual([]);
    expect(await namesOf(an, { kind: 'direct' })).toEqual([null]);
    await until({
      look: async () => ((await namesOf(binh, { kind: 'group' })).includes(hanoi.name) ? true : undefined),
      instead: () => 'Bình’s list has no such group',
    });
  });

  test('the messages of a conversation by type and by person, for who is in it', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { conversationId } = hanoi;
    const params = { id: conversationId };
    await an.says('một', { in: hanoi });
    await an.says('hai', { in: hanoi });
    await expect(binh).toSee(['một', 'hai'], { in: hanoi });
    const { position } = await binh.api.call('sendLocation', {
      body: { conversationId, clientMessageId: newUuidV7(), lat: 21.03, lng: 105.85 },
    });

    expect(await an.api.call('getMessageStats', { params, minPosition: position })).toEqual({
      total: 3,
      byType: [
        { type: 'text', count: 2 },
        { type: 'location', count: 1 },
      ],
      bySender: [
        { userId: an.userId, count: 2 },
        { userId: binh.userId, count: 1 },
      ],
    });
    await expect(chi.api.call('getMessageStats', { params })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('an edit calls whom it names now, and nobody whom it names no more', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
    const { conversationId } = hanoi;
    const calledOn = (device: typeof an.device) =>
      device.messagesIn(hanoi).flatMap(({ mentions }) => mentions);
    const {
      message: { messageId },
    } = await an.api.call('sendText', {
      body: { conversationId, clientMessageId: newUuidV7(), ...calling(binh) },
    });
    await expect(binh).toSee(['@bạn ơi'], { in: hanoi });
    expect(calledOn(binh.device)).toEqual([binh.userId]);
    const { position: minPosition } = await an.api.call('editMessage', {
      params: { id: messageId },
      body: calling(chi),
    });

    for (const [person, mentionCount] of [
      [binh, 0],
      [chi, 1],
    ] as const) {
      const { data } = await person.api.call('listConversations', { minPosition });
      expect(data).toMatchObject([{ unreadCount: 1, mentionCount, lastMessage: { mentions: [chi.userId] } }]);
      expect(await person.api.call('getConversationStats', { minPosition })).toMatchObject({
        mentions: mentionCount,
      });
      const found = await person.api.call('searchMessages', {
        query: { mentionsMe: 'true' },
        minPosition,
      });
      expect(found.data.map(({ message }) => message.messageId)).toEqual(
        mentionCount === 1 ? [messageId] : [],
      );
    }
    await until({
      look: () => (calledOn(binh.device).some((called) => called === chi.userId) ? true : undefined),
      instead: () => `the message calls ${calledOn(binh.device).join()}`,
    });
  });

  test('what is unread and who is named adds up, the same on every device', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const direct = await an.startsDirect(binh);
    const laptop = await binh.takesAnotherDevice();
    await an.says('một', { in: hanoi });
    await an.says('hai', { in: direct });
    await binh.says('của tôi', { in: hanoi });
    await an.says('ba', { in: hanoi });
    const { position } = await an.api.call('sendText', {
      body: {
        conversationId: hanoi.conversationId,
        clientMessageId: newUuidV7(),
        content: '@Bình ơi',
        entities: [{ type: 'mention', offset: 0, length: 5, userId: binh.userId }],
      },
    });
    const pinned = await binh.api.call('pinConversation', { params: { id: hanoi.conversationId } });
    const minPosition = `${position},${pinned.position}`;

    for (const { chat } of binh.devices) {
      const stats = await chat.api.call('getConversationStats', { minPosition });
      expect(stats).toEqual({
        conversations: 2,
        unread: 3,
        mentions: 1,
        byKind: {
          direct: { conversations: 1, unread: 1, mentions: 0 },
          group: { conversations: 1, unread: 2, mentions: 1 },
        },
        byState: {
          unread: { conversations: 2, unread: 3, mentions: 1 },
          archived: { conversations: 0, unread: 0, mentions: 0 },
          muted: { conversations: 0, unread: 0, mentions: 0 },
          pinned: { conversations: 1, unread: 2, mentions: 1 },
        },
      });
    }
    await until({
      look: () => (binh.devices.every(({ chat }) => chat.getSnapshot().unreadCount === 3) ? true : undefined),
      instead: () => JSON.stringify(binh.devices.map(({ chat }) => chat.getSnapshot().unreadCount)),
    });
    expect(laptop.chat.getSnapshot().unreadCount).toBe(3);
  });
});
