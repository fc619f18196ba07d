import { newUuidV7, wordsOf } from '@parley/contracts';
import { type Person, type Place, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

import { says } from './messages-seen.ts';

const SECRET = 'mật khẩu là 1234';

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
    await conversation.deleteForEveryone(messageId);
    await conversation.deleteForEveryone(messageId);

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

    await expect((await chi.device.at(hanoi)).deleteForEveryone(messageId)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
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

    const { position } = await (await binh.device.at(hanoi)).deleteForMe(messageId);

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

  test('its words come back through no answer: in history, lists, sync and live', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const params = { id: hanoi.conversationId };
    const { messageId, seq } = await an.says('bí mật', { in: hanoi });
    const answers = (content: string) =>
      an.api.call('sendText', {
        body: {
          conversationId: hanoi.conversationId,
          clientMessageId: newUuidV7(),
          content,
          replyToId: messageId,
        },
      });
    const before = await answers('một');
    await expect(binh).toSee(['bí mật', 'một'], { in: hanoi });
    const { position: minPosition } = await (await binh.device.at(hanoi)).deleteForMe(messageId);
    await binh.device.hears('message_deleted');

    // Two gateways: on one it was heard live, on the other it is asked for when somebody comes.
    const laptop = await binh.takesAnotherDevice();
    await laptop.opens(hanoi);
    const quotedOnLaptop = async () => {
      const answer = await answers('nữa');
      const heard = await laptop.hears('new_message', ({ message: { seq: at } }) => at === answer.seq);
      return heard.message.replyTo?.preview;
    };
    // Its gateway has asked soon after it came; until then its own device knows.
    await expect.poll(quotedOnLaptop).toBeNull();
    const after = await answers('hai');
    for (const device of [...binh.devices, an.device]) {
      const { message } = await device.hears('new_message', ({ message: { seq: at } }) => at === after.seq);
      expect(message.replyTo).toMatchObject({
        messageId,
        preview: device === an.device ? { text: 'bí mật' } : null,
      });
    }
    const { connection } = binh.device.chat;
    const synced = await connection.request('sync_request', { cursors: { [params.id]: seq } });
    const found = await binh.api.call('searchMessages', { query: { q: 'hai' }, minPosition: after.position });
    const read = await binh.api.call('listMessages', { params, minPosition });
    const replies = await binh.api.call('listConversations', { minPosition: after.position });
    expect(read.data.map((one) => one.messageId)).toContain(before.message.messageId);
    expect(JSON.stringify([synced, found, read, replies])).not.toContain('bí mật');
    const shown = binh.devices.map((device) => device.messagesIn(hanoi));
    expect(JSON.stringify(shown)).not.toContain('bí mật');
    expect(JSON.stringify(await an.history(hanoi))).toContain('bí mật');
  });
});
