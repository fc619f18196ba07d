import { newUuidV7, wordsOf } from '@parley/contracts';
import { type Device, type Person, type Place, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

const SECRET = 'mật khẩu là 1234';

/** What one message says on a device, once it says that. */
async function says(device: Device, place: Place, expected: { readonly seq: number; readonly text: string }) {
  const textOf = () => {
    const message = device.messagesIn(place).find(({ seq }) => seq === expected.seq);
    return message && wordsOf(message.content);
  };
  await until({
    look: () => (textOf() === expected.text ? true : undefined),
    instead: () => `on ${device.name} number ${expected.seq} says ${JSON.stringify(textOf())}`,
  });
}

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

/** Everything that the API tells a person of a conversation, as one text to look for words in. */
async function everythingToldTo(person: Person, place: Place, messageId: string): Promise<string> {
  const params = { id: place.conversationId };
  const told = await Promise.all([
    person.api.call('listMessages', { params }),
    person.api.call('getMessage', { params: { id: messageId } }),
    person.api.call('listMessageVersions', { params: { id: messageId } }),
    person.api.call('listConversations'),
    person.api.call('getConversation', { params }),
    person.device.chat.connection.request('sync_request', { cursors: { [place.conversationId]: 0 } }),
  ]);
  return JSON.stringify(told);
}

describe('editing', () => {
  test('An says something else, and everybody sees it on every device', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const laptop = await binh.takesAnotherDevice();
    const { messageId, seq } = await an.says('Tối nay 7 giờ', { in: hanoi });
    await laptop.opens(hanoi);
    await expect(binh.device).toSee(['Tối nay 7 giờ'], { in: hanoi });

    const { position } = await (await an.device.at(hanoi)).edit(messageId, 'Tối nay 8 giờ');

    for (const device of [an.device, binh.device, laptop]) {
      await says(device, hanoi, { seq, text: 'Tối nay 8 giờ' });
    }
    const told = await binh.device.hears('message_edited');
    expect(told).toMatchObject({ messageId, messageSeq: seq, seq: seq + 1 });
    expect(JSON.stringify(told)).not.toContain('7 giờ');

    const params = { id: messageId };
    const { data } = await binh.api.call('listMessageVersions', { params, minPosition: position });
    expect(data.map(({ content }) => wordsOf(content))).toEqual(['Tối nay 7 giờ', 'Tối nay 8 giờ']);
  });

  test('the history and the list show what it says now, to whoever names the position', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { messageId } = await an.says('một', { in: hanoi });

    const { position, seq } = await an.api.call('editMessage', {
      params: { id: messageId },
      body: { content: 'hai' },
    });

    const [message] = await binh.history(hanoi, position);
    expect(message).toMatchObject({ content: { text: 'hai' }, isEdited: true, changedSeq: seq });
    const { data } = await binh.api.call('listConversations', { minPosition: position });
    expect(data[0]).toMatchObject({
      lastMessage: { content: { text: 'hai' }, isEdited: true },
      unreadCount: 1,
    });
  });

  test('nobody edits what another one said, and a stranger cannot tell that it exists', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsDirect(binh);
    const { messageId } = await binh.says('của Bình', { in: hanoi });
    const edit = (person: Person, conversationId?: string) =>
      person.api.call('editMessage', {
        params: { id: messageId },
        body: { content: 'của ai?', ...(conversationId ? { conversationId } : {}) },
      });

    await expect(edit(an)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(edit(chi)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(edit(chi, hanoi.conversationId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(chi.api.call('listMessageVersions', { params: { id: messageId } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('an edit under one key happens once, however often it is asked for', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { messageId } = await an.says('một', { in: hanoi });
    const idempotencyKey = newUuidV7();
    const edit = () =>
      an.device.chat.connection.request('edit_message', { messageId, content: 'hai', idempotencyKey });

    const answers = await Promise.all([edit(), edit(), edit()]);

    expect(new Set(answers.map(({ seq }) => seq)).size).toBe(1);
    expect((await world.logOf(hanoi)).filter(({ type }) => type === 'message.edited')).toHaveLength(1);
  });
});

describe('deleting for everyone', () => {
  test('the place stays, and the words are gone from everything', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { messageId, seq } = await an.says('tạm', { in: hanoi });
    await (await an.device.at(hanoi)).edit(messageId, SECRET);
    await says(binh.device, hanoi, { seq, text: SECRET });

    const { position } = await an.api.call('deleteMessage', { params: { id: messageId } });

    for (const device of [an.device, binh.device]) await says(device, hanoi, { seq, text: '' });
    const [message] = await binh.history(hanoi, position);
    expect(message).toMatchObject({ messageId, seq, content: null, deletedBy: an.userId, isEdited: false });
    const told = await everythingToldTo(binh, hanoi, messageId);
    expect(told).toContain(messageId);
    expect(told).not.toContain(SECRET);
    expect(told).not.toContain('tạm');
  });

  test('an own message cannot be edited after it, and deleting it again changes nothing', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { messageId } = await an.says('xoá nhé', { in: hanoi });
    const conversation = await an.device.at(hanoi);
    await conversation.delete(messageId);
    await conversation.delete(messageId);

    expect((await world.logOf(hanoi)).filter(({ type }) => type === 'message.deleted')).toHaveLength(1);
    await expect(conversation.edit(messageId, 'lại')).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'message-deleted' },
    });
  });

  test('the owner of a group may, a member may not, and it is unread no more', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
    const { messageId } = await binh.says('quảng cáo', { in: hanoi });
    await chi.device.at(hanoi);

    await expect((await chi.device.at(hanoi)).delete(messageId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const { position } = await an.api.call('deleteMessage', { params: { id: messageId } });

    const { data } = await chi.api.call('listConversations', { minPosition: position });
    expect(data[0]?.unreadCount).toBe(0);
    await until({
      look: () => (chi.device.chat.conversations()[0]?.unreadCount === 0 ? true : undefined),
      instead: () => `Chi still has ${chi.device.chat.conversations()[0]?.unreadCount} unread`,
    });
  });
});

describe('deleting for oneself', () => {
  test('it is gone from all own devices and every own answer, and from nobody else’s', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const laptop = await binh.takesAnotherDevice();
    await an.says('một', { in: hanoi });
    const { messageId } = await an.says('hai', { in: hanoi });
    await laptop.opens(hanoi);
    await expect(binh).toSee(['một', 'hai'], { in: hanoi });
    await laptop.goesOffline();

    const { position } = await (await binh.device.at(hanoi)).hide(messageId);

    await expect(binh.device).toSee(['một'], { in: hanoi });
    await laptop.comesBack();
    await expect(laptop).toSee(['một'], { in: hanoi });
    await expect(an).toSee(['một', 'hai'], { in: hanoi });
    expect((await binh.history(hanoi, position)).map(({ content }) => wordsOf(content))).toEqual(['một']);
    const { data } = await binh.api.call('listConversations', { minPosition: position });
    expect(data[0]).toMatchObject({ lastMessage: { content: { text: 'một' } }, unreadCount: 1 });
    await expect(
      binh.api.call('getMessage', { params: { id: messageId }, minPosition: position }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await an.api.call('getMessage', { params: { id: messageId } })).toMatchObject({ messageId });
  });

  test('again changes nothing, and a stranger cannot tell that there is anything', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsDirect(binh);
    const { messageId } = await an.says('một', { in: hanoi });
    const hide = (person: Person) =>
      person.api.call('deleteMessage', { params: { id: messageId }, query: { scope: 'me' } });

    const first = await hide(binh);
    expect((await hide(binh)).position).toBe(first.position);
    await expect(hide(chi)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

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

describe('threads', () => {
  test('the answers to one message, page by page, and what is deleted keeps its place', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { conversationId } = hanoi;
    const root = await an.says('Ai đi ăn phở?', { in: hanoi });
    const other = await an.says('Mấy giờ?', { in: hanoi });
    const answer = async (replyToId: string, content: string) => {
      const body = { conversationId, clientMessageId: newUuidV7(), replyToId, content };
      return (await binh.api.call('sendMessage', { body })).message;
    };
    const first = await answer(root.messageId, 'Tôi');
    await answer(other.messageId, 'Bảy giờ');
    const second = await answer(root.messageId, 'Tôi nữa');
    const { position } = await binh.api.call('deleteMessage', { params: { id: first.messageId } });

    const params = { id: root.messageId };
    const ask = (query: { limit: number; cursor?: string }) =>
      an.api.call('listReplies', { params, query, minPosition: position });
    const { data, page } = await ask({ limit: 1 });
    expect(data).toMatchObject([{ messageId: first.messageId, content: null }]);
    const rest = await ask({ limit: 1, cursor: page.nextCursor ?? '' });
    expect(rest.data.map(({ messageId }) => messageId)).toEqual([second.messageId]);
    expect(rest.page.hasMore).toBe(false);
    await expect(chi.api.call('listReplies', { params })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('somebody who was away', () => {
  test('gets edits and deletes of what they had already', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const first = await an.says('một', { in: hanoi });
    const second = await an.says('hai', { in: hanoi });
    await expect(binh).toSee(['một', 'hai'], { in: hanoi });

    await binh.goesOffline();
    const conversation = await an.device.at(hanoi);
    await conversation.edit(first.messageId, 'một rưỡi');
    await an.says('ba', { in: hanoi });
    await conversation.delete(second.messageId);
    await conversation.react(first.messageId, '❤️');
    await conversation.pin(first.messageId);
    await binh.comesBack();

    await expect(binh).toSee(['một rưỡi', '', 'ba'], { in: hanoi });
    await until({
      look: () => (binh.device.messagesIn(hanoi)[0]?.isPinned === true ? true : undefined),
      instead: () => `Bình has ${JSON.stringify(binh.device.messagesIn(hanoi)[0])}`,
    });
    expect(binh.device.messagesIn(hanoi)[0]?.reactions).toEqual([{ emoji: '❤️', count: 1, own: false }]);
    await expect(an).toSee(['một rưỡi', '', 'ba'], { in: hanoi });
  });
});
