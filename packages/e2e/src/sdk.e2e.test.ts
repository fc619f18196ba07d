import type { Conversation } from '@parley/client';
import { type Device, type Place, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

/** Until a device shows a message like this in a conversation. */
async function shows(device: Device, place: Place, like: object): Promise<string> {
  const conversation = await device.at(place);
  const { messageId } = await until({
    look: () =>
      conversation.getSnapshot().messages.find((message) => {
        try {
          expect(message).toMatchObject(like);
          return message.messageId !== undefined;
        } catch {
          return false;
        }
      }),
    instead: () => `${device.name} shows ${JSON.stringify(conversation.getSnapshot().messages)}`,
  });
  return messageId ?? '';
}

/** Until a device has this of a conversation in its list. */
async function lists(device: Device, place: Place, like: object): Promise<void> {
  const summary = () =>
    device.chat.conversations().find((one) => one.conversationId === place.conversationId);
  await expect.poll(summary).toMatchObject(like);
}

const summaryOf = (conversation: Conversation) => conversation.getSnapshot();

describe('an app on the SDK', () => {
  test('says anything, and all own devices and others have it as it was said', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const laptop = await an.takesAnotherDevice();
    const { chat } = an.device;
    const here = await an.device.opens(hanoi);
    const { fileId } = await chat.registerFile({ name: 'phở.jpg', sizeBytes: 9, mediaType: 'image/jpeg' });
    const sticker = (await chat.stickerPacks())[0]?.stickers[0]?.stickerId ?? '';

    const mention = { type: 'mention' as const, offset: 0, length: 5, userId: binh.userId };
    here.send({ type: 'text', text: '@Bình ơi', entities: [mention] });
    here.send({ type: 'image', attachments: [{ fileId }], text: 'trưa nay' });
    here.send({ type: 'sticker', stickerId: sticker });
    const last = here.send({ type: 'location', lat: 21.03, lng: 105.85, name: 'Hồ Gươm' });
    expect(last).toMatchObject({ status: 'sending', text: 'Hồ Gươm' });

    for (const device of [binh.device, laptop]) {
      await shows(device, hanoi, { content: { type: 'location', name: 'Hồ Gươm' } });
      const { messages } = (await device.at(hanoi)).getSnapshot();
      expect(messages.map(({ content }) => content)).toMatchObject([
        { type: 'text', entities: [mention] },
        { type: 'image', text: 'trưa nay', attachments: [{ fileId, name: 'phở.jpg' }] },
        { type: 'sticker', stickerId: sticker },
        { type: 'location', lat: 21.03, lng: 105.85 },
      ]);
    }
  });

  test('answers and forwards without a line, and each is said once when it is back', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const hue = await an.startsGroup('Huế', { with: [binh] });
    await binh.says('Phở?', { in: hanoi });
    const asked = await shows(an.device, hanoi, { text: 'Phở?' });
    const [here, there] = [await an.device.at(hanoi), await an.device.at(hue)];
    const question = here.getSnapshot().messages.find(({ messageId }) => messageId === asked);
    if (question === undefined) throw new Error('nobody has asked');

    await an.device.goesOffline();
    expect(here.reply(question, 'Ừ')).toMatchObject({ status: 'sending', replyTo: { messageId: asked } });
    here.send('đi luôn');
    expect(here.forward(question, there)).toMatchObject({ status: 'sending', text: 'Phở?' });
    await an.device.comesBack();

    await expect(binh).toSee(['Phở?', 'Ừ', 'đi luôn'], { in: hanoi });
    await shows(binh.device, hanoi, { text: 'Ừ', replyTo: { messageId: asked } });
    await shows(binh.device, hue, { text: 'Phở?', forwardedFrom: { messageId: asked } });
    await expect(an).toSee(['Phở?'], { in: hue });
    expect(there.getSnapshot().messages).toHaveLength(1);
    expect((await here.replies(question)).data).toMatchObject([{ content: { text: 'Ừ' } }]);
  });

  test('changes what was said, for everybody and on both devices', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const laptop = await an.takesAnotherDevice();
    const here = await an.device.opens(hanoi);
    const others = [laptop, binh.device];
    const message = await an.says('một', { in: hanoi });
    await expect(an).toSee(['một'], { in: hanoi });

    await here.edit(message, { text: 'hai', entities: [{ type: 'bold', offset: 0, length: 3 }] });
    await here.react(message, '❤️');
    await here.pin(message);
    const reactions = [{ emoji: '❤️', count: 1 }];
    for (const device of others) {
      await shows(device, hanoi, { text: 'hai', isEdited: true, isPinned: true, reactions });
    }
    expect(await here.pins()).toMatchObject([{ message: { messageId: message.messageId } }]);
    expect((await here.versions(message)).data).toHaveLength(2);

    await here.removeReaction(message, '❤️');
    await here.unpin(message);
    for (const device of others) await shows(device, hanoi, { isPinned: false, reactions: [] });
    await (await binh.device.at(hanoi)).deleteForMe(message);
    await expect(binh.device).toSee([], { in: hanoi });
    await here.deleteForEveryone(message);
    await shows(laptop, hanoi, { isDeleted: true, content: null });
    await expect(here.edit(message, 'ba')).rejects.toMatchObject({
      definite: true,
      reason: 'message-deleted',
    });
  });

  test('keeps a conversation its own way at once, and the other device follows', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const laptop = await an.takesAnotherDevice();
    const here = await an.device.at(hanoi);

    const all = [here.archive(), here.pinToTop(), here.mute(), here.markUnread(), here.saveDraft('Chiều')];
    const kept = { isArchived: true, isPinned: true, mutedUntil: 'forever', isMarkedUnread: true };
    expect(summaryOf(here)).toMatchObject({ ...kept, draft: { text: 'Chiều' } });
    await Promise.all(all);
    for (const device of [laptop, an.device]) {
      await lists(device, hanoi, { ...kept, draft: { text: 'Chiều' } });
    }

    here.markRead();
    await Promise.all([here.unarchive(), here.unpinFromTop(), here.unmute(), here.saveDraft(null)]);
    const plain = {
      isArchived: false,
      isPinned: false,
      mutedUntil: null,
      isMarkedUnread: false,
      draft: null,
    };
    for (const device of [laptop, an.device]) await lists(device, hanoi, plain);

    const refused = here.mute(new Date(0));
    expect(summaryOf(here).mutedUntil).toBe('1970-01-01T00:00:00.000Z');
    await expect(refused).rejects.toMatchObject({ reason: 'mute-is-over' });
    expect(summaryOf(here).mutedUntil).toBeNull();
  });

  test('a group takes people in and lets them go', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { group } = await an.device.opens(hanoi);

    await group.addMembers([chi.userId]);
    await group.changeRole(chi.userId, 'moderator');
    const there = await chi.device.opens(hanoi);
    await expect.poll(() => there.getSnapshot().members?.get(chi.userId)).toBe('moderator');
    await there.group.removeMember(binh.userId);
    await there.group.leave();
    await lists(an.device, hanoi, { memberCount: 1 });
    await expect(there.group.leave()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
