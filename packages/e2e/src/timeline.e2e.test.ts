import { isSystemMessage, type MessageView, newUuidV7 } from '@parley/contracts';
import { type Device, type Person, type Place, story as test, until } from '@parley/testing';
import { describe, expect } from 'vitest';

const linesIn = (messages: readonly MessageView[]) => messages.filter((message) => isSystemMessage(message));
const templatesOf = (messages: readonly MessageView[]) =>
  linesIn(messages).map(({ content }) => (content?.type === 'system' ? content.template : undefined));

/** Until a device shows as many lines. */
function shows(device: Device, place: Place, count: number): Promise<readonly MessageView[]> {
  return until({
    look: () => {
      const lines = linesIn(device.timelineIn(place));
      return lines.length === count ? lines : undefined;
    },
    instead: () => `${device.name} shows ${JSON.stringify(templatesOf(device.timelineIn(place)))}`,
  });
}

/** Everything that a group's people do to it, one after the other. */
async function muchHappens(place: Place, [an, binh, chi, dung]: readonly [Person, Person, Person, Person]) {
  const { group } = await an.device.at(place);
  await an.adds([chi, dung], { to: place });
  await group.changeRole(binh.userId, 'admin');
  await group.update({ name: 'Huế' });
  await group.update({ settings: { membersCanPin: true } });
  const { messageId } = await an.says('Bún bò', { in: place });
  await (await an.device.at(place)).pin(messageId);
  await dung.leaves(place);
  return { position: await an.removes(chi, { from: place }), messageId };
}

const HAPPENED = [
  'members-joined',
  'role-changed',
  'renamed',
  'settings-changed',
  'message-pinned',
  'member-left',
  'member-removed',
];

describe('what becomes of a group', () => {
  test('stands in its history, the same live, after a sync and when it is read', async ({ world }) => {
    const [an, binh, chi, dung] = await world.people('An', 'Bình', 'Chi', 'Dũng');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const laptop = await binh.takesAnotherDevice();
    await laptop.at(hanoi);
    await binh.device.at(hanoi);
    await laptop.goesOffline();
    const { position } = await muchHappens(hanoi, [an, binh, chi, dung]);

    const live = await shows(binh.device, hanoi, HAPPENED.length);
    expect(templatesOf(live)).toEqual(HAPPENED);
    await laptop.comesBack();
    expect(await shows(laptop, hanoi, HAPPENED.length)).toEqual(live);
    const history = linesIn(await binh.timeline(hanoi, position));
    expect(templatesOf(history)).toEqual(['conversation-created', ...HAPPENED]);
    expect(history.slice(1)).toEqual(live);
    expect(live[0]?.content).toMatchObject({
      variables: { users: [chi.userId, dung.userId], by: an.userId },
    });
    const numbers = (await binh.timeline(hanoi)).map(({ seq }) => seq);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
  });

  test('is nobody’s message: not unread, not found, not counted, no preview', async ({ world }) => {
    const [an, binh, chi, dung] = await world.people('An', 'Bình', 'Chi', 'Dũng');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { position: minPosition } = await muchHappens(hanoi, [an, binh, chi, dung]);
    const { conversationId } = hanoi;

    const { data } = await binh.api.call('listConversations', { minPosition });
    expect(data).toMatchObject([{ unreadCount: 1, lastMessage: { content: { text: 'Bún bò' } } }]);
    await shows(binh.device, hanoi, HAPPENED.length);
    expect(binh.device.chat.conversations()).toMatchObject([
      { unreadCount: 1, lastMessage: { content: { text: 'Bún bò' } } },
    ]);
    const params = { id: conversationId };
    const stats = await binh.api.call('getMessageStats', { params, minPosition });
    expect(stats).toMatchObject({ total: 1, byType: [{ type: 'text', count: 1 }] });
    for (const query of [
      { conversationId, type: 'system' },
      { conversationId, q: 'Huế' },
    ]) {
      expect((await binh.api.call('searchMessages', { query, minPosition })).data).toEqual([]);
    }
  });

  test('is nothing that anybody edits, deletes, marks, answers or says again', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const [line] = await an.timeline(hanoi);
    const { conversationId } = hanoi;
    const id = line?.messageId ?? '';
    const params = { id };
    const body = { conversationId, clientMessageId: newUuidV7(), content: 'Chào', replyToId: id };

    const refused = { code: 'CONFLICT', definite: true, details: { reason: 'system-message' } };
    for (const tried of [
      () => an.api.call('editMessage', { params, body: { content: 'không' } }),
      () => an.api.call('deleteMessage', { params }),
      () => an.api.call('deleteMessage', { params, query: { scope: 'me' } }),
      () => an.api.call('reactToMessage', { params, body: { emoji: '👍' } }),
      () => an.api.call('pinMessage', { params }),
      () => an.api.call('sendText', { body }),
    ]) {
      await expect(tried()).rejects.toMatchObject(refused);
    }
    await expect(
      an.api.call('forwardMessage', { params, body: { conversationIds: [conversationId] } }),
    ).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'not-forwardable' } });
    expect(await an.history(hanoi)).toEqual([]);
  });
});
