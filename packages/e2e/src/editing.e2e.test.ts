import { newUuidV7, wordsOf } from '@parley/contracts';
import { type Person, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

import { says } from './messages-seen.ts';

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
    await conversation.deleteForEveryone(second.messageId);
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
