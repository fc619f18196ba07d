import { newId } from '@parley/contracts';
import { type Person, type Place, story as test } from '@parley/testing';
import { describe, expect } from 'vitest';

import { syncAll } from './missed.ts';

const param = ({ conversationId: id }: Place) => ({ params: { id } });

const change = (messageId: string) => ({ params: { id: messageId } });

async function rename(person: Person, place: Place, name: string): Promise<string> {
  const { position } = await person.api.call('updateConversation', { ...param(place), body: { name } });
  return position;
}

describe('who was away', () => {
  test('is told of every kind of thing that they missed, and of nothing else', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const quiet = await an.startsGroup('Vắng', { with: [binh] });
    const kept = await an.startsGroup('Giữ', { with: [binh] });
    const left = await an.startsGroup('Rời', { with: [binh] });
    const [toEdit, toDelete, toLike, toPin, toHide] = [
      await an.says('sửa', { in: hanoi }),
      await an.says('xóa', { in: hanoi }),
      await an.says('thích', { in: hanoi }),
      await an.says('ghim', { in: hanoi }),
      await binh.says('ẩn', { in: hanoi }),
    ];
    const { token } = await syncAll(binh);

    await an.api.call('editMessage', { ...change(toEdit.messageId), body: { content: 'đã sửa' } });
    await an.api.call('deleteMessage', { ...change(toDelete.messageId), query: { scope: 'everyone' } });
    await an.api.call('reactToMessage', { ...change(toLike.messageId), body: { emoji: '👍' } });
    await an.api.call('pinMessage', change(toPin.messageId));
    await rename(an, hanoi, 'Hà Nội mới');
    await an.adds([chi], { to: hanoi });
    await an.removes(binh, { from: left });
    const news = await an.says('tin mới', { in: hanoi });
    const added = await chi.startsGroup('Mới', { with: [binh] });
    await chi.says('vào đi', { in: added });
    await an.api.call('markRead', { body: { conversationId: hanoi.conversationId, upToSeq: news.seq } });
    await binh.api.call('deleteMessage', { ...change(toHide.messageId), query: { scope: 'me' } });
    await binh.api.call('archive', param(kept));
    await binh.api.call('mute', { ...param(kept), body: {} });
    await binh.api.call('saveDraft', { ...param(kept), body: { draft: { text: 'đang viết' } } });
    await binh.api.call('changeSettings', { body: { readReceipts: false } });

    const missed = await syncAll(binh, token);
    expect(missed.pageCount).toBe(1);
    expect(missed.resyncRequired).toBeNull();
    expect(missed.settings).toEqual({ readReceipts: false, presence: 'everybody' });
    expect(missed.removed).toEqual([
      { conversationId: left.conversationId, seq: expect.any(Number), reason: 'removed' },
    ]);
    expect(missed.hidden).toEqual([{ conversationId: hanoi.conversationId, messageId: toHide.messageId }]);
    const view = (place: Place) =>
      missed.conversations.filter(({ conversationId }) => conversationId === place.conversationId);
    expect(missed.conversations).toHaveLength(3);
    expect(view(quiet)).toEqual([]);
    expect(view(hanoi)).toMatchObject([{ name: 'Hà Nội mới', memberCount: 3, unreadCount: 1 }]);
    expect(view(added)).toMatchObject([{ name: 'Mới', ownRole: 'member', unreadCount: 1 }]);
    expect(view(kept)).toMatchObject([
      { isArchived: true, mutedUntil: 'forever', draft: { text: 'đang viết' } },
    ]);

    const inHanoi = missed.messages.filter(({ conversationId }) => conversationId === hanoi.conversationId);
    expect(inHanoi).toHaveLength(1);
    const [{ messages, changed, upToSeq, isSnapshot } = expect.fail()] = inHanoi;
    expect({ upToSeq, isSnapshot }).toEqual({ upToSeq: view(hanoi)[0]?.lastSeq, isSnapshot: false });
    expect(changed).toMatchObject([
      { messageId: toEdit.messageId, content: { text: 'đã sửa' }, isEdited: true },
      { messageId: toDelete.messageId, content: null },
      { messageId: toLike.messageId, reactions: [{ emoji: '👍', count: 1, own: false }] },
      { messageId: toPin.messageId, isPinned: true },
    ]);
    expect(
      messages.map(
        ({ content }) => content && ('text' in content ? content.text : Reflect.get(content, 'template')),
      ),
    ).toEqual(['message-pinned', 'renamed', 'member-joined', 'tin mới']);
    const positions = missed.positions.find(({ conversationId }) => conversationId === hanoi.conversationId);
    // What Bình had read before may have been stored after the token.
    expect(positions?.reads).toContainEqual(
      expect.objectContaining({ userId: an.userId, upToSeq: news.seq }),
    );

    const again = await syncAll(binh, missed.token);
    expect(again).toMatchObject({ conversations: [], messages: [], removed: [], hidden: [] });
  });

  test('gets it in pages of any size, and the same over a socket', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const places: Place[] = [];
    for (const name of ['Một', 'Hai', 'Ba']) places.push(await an.startsGroup(name, { with: [binh] }));
    const { token } = await syncAll(binh);
    for (const place of places) {
      for (const text of ['a', 'b', 'c', 'd']) await an.says(text, { in: place });
    }
    const whole = await syncAll(binh, token);
    expect(whole.pageCount).toBe(1);
    const seqsOf = ({ messages }: typeof whole) => {
      const seqs: Record<string, number[]> = {};
      for (const one of messages) {
        const known = (seqs[one.conversationId] ??= []);
        known.push(...one.messages.map(({ seq }) => seq));
      }
      return seqs;
    };
    for (const limit of [1, 2, 7]) {
      const parts = await syncAll(binh, token, limit);
      expect(parts.pageCount).toBeGreaterThan(1);
      expect(seqsOf(parts)).toEqual(seqsOf(whole));
    }
    const { connection } = binh.device.chat;
    // Devices say what has come to them while this is asked.
    const { messages, conversations, removed, hidden, settings, hasMore } = whole;
    const page = { messages, conversations, removed, hidden, settings, hasMore };
    expect(await connection.request('sync_request', { token })).toMatchObject(page);
    const { deviceId } = binh.device.tokens;
    expect(await connection.request('device_connect', { token, deviceId })).toMatchObject(page);
    await expect(
      connection.request('device_connect', { token, deviceId: newId('dev') }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('without a token is given all of their conversations with their newest messages', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const hue = await an.startsGroup('Huế', { with: [binh] });
    await an.says('chào', { in: hanoi });
    await an.removes(binh, { from: hue });
    const { conversations, messages, removed } = await syncAll(binh);
    expect(conversations.map(({ conversationId }) => conversationId)).toEqual([hanoi.conversationId]);
    expect(messages).toMatchObject([{ conversationId: hanoi.conversationId, isSnapshot: true, upToSeq: 2 }]);
    expect(messages[0]?.messages.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(removed).toEqual([]);
  });

  test('who was let in again is given that, and who is out is told once and nothing later', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const back = await an.startsGroup('Về', { with: [binh] });
    const gone = await an.startsGroup('Đi', { with: [binh] });
    const ended = await an.startsGroup('Tan', { with: [binh] });
    const { token } = await syncAll(binh);
    await an.removes(binh, { from: back });
    await an.says('trong lúc đó', { in: back });
    await an.adds([binh], { to: back });
    await an.says('trước khi đi', { in: gone });
    await binh.leaves(gone);
    const secret = await an.says('sau khi đi', { in: gone });
    await an.api.call('dissolve', param(ended));

    const missed = await syncAll(binh, token);
    expect(missed.removed).toEqual([
      { conversationId: gone.conversationId, seq: secret.seq - 1, reason: 'left' },
      { conversationId: ended.conversationId, seq: expect.any(Number), reason: 'dissolved' },
    ]);
    expect(missed.messages).toMatchObject([{ conversationId: back.conversationId, isSnapshot: true }]);
    expect(JSON.stringify(missed)).not.toContain(secret.messageId);
    // What was there when they went is kept for them as before.
    const kept = await binh.history(gone, await an.says('nữa', { in: back }).then(() => undefined));
    expect(kept.map(({ content }) => content && Reflect.get(content, 'text'))).toEqual(['trước khi đi']);
  });
});

describe('a device of the SDK', () => {
  test('comes back by its token, and shows what the others show', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const hue = await an.startsGroup('Huế', { with: [binh] });
    const gone = await an.startsGroup('Đi', { with: [binh] });
    const before = await an.says('trước', { in: hanoi });
    const phone = binh.device;
    const laptop = await binh.takesAnotherDevice();
    await laptop.opens(hanoi);
    await expect(binh).toSee(['trước'], { in: hanoi });
    await phone.settles();
    const asked: object[] = [];
    const { connection } = phone.chat;
    const request = connection.request.bind(connection);
    Object.assign(connection, {
      request: (...[name, payload, waitMs]: Parameters<typeof request>) => {
        if (name === 'sync_request') asked.push(payload);
        return request(name, payload, waitMs);
      },
    });

    await phone.goesOffline();
    const params = { id: before.messageId };
    await an.api.call('editMessage', { params, body: { content: 'đã sửa' } });
    await an.api.call('reactToMessage', { params, body: { emoji: '👍' } });
    await an.says('sau', { in: hanoi });
    await rename(an, hue, 'Huế mới');
    await an.removes(binh, { from: gone });
    const added = await an.startsGroup('Mới', { with: [binh] });
    await an.says('vào đi', { in: added });
    await laptop.chat.conversation(hanoi.conversationId)?.pinToTop();
    await phone.comesBack();

    await expect(binh).toSee(['đã sửa', 'sau'], { in: hanoi });
    await phone.at(added);
    const shown = () => ({
      titles: phone.chat
        .conversations()
        .map(({ title, isPinned, unreadCount }) => [title, isPinned, unreadCount]),
      reactions: phone.messagesIn(hanoi)[0]?.reactions.map(({ emoji, count }) => [emoji, count]),
      news: phone.textsIn(added),
    });
    await expect.poll(shown).toEqual({
      titles: [
        ['Hà Nội', true, 2],
        ['Mới', false, 1],
        ['Huế mới', false, 0],
      ],
      reactions: [['👍', 1]],
      news: ['vào đi'],
    });
    await phone.settles();
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((payload) => !('token' in payload))).toEqual([]);
  });
});
