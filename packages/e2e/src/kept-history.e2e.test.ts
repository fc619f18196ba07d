import { newUuidV7, wordsOf } from '@parley/contracts';
import { type Person, type Place, story as test, type World } from '@parley/testing';
import { describe, expect } from 'vitest';

const SECRET = 'bí mật của nhóm';
const NOT_FOUND = { code: 'NOT_FOUND' };

const paramsOf = ({ conversationId }: Place) => ({ id: conversationId });

async function groupOfThree(world: World) {
  const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
  const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
  const first = await an.says('Tối nay ăn gì?', { in: hanoi });
  const second = await binh.says('Phở', { in: hanoi });
  return { an, binh, chi, hanoi, first, second };
}

/** Everything that the edge tells somebody of a conversation and one of its messages. */
async function everythingToldTo(person: Person, place: Place, messageId: string): Promise<string> {
  const { api } = person;
  const params = { id: messageId };
  const { conversationId } = place;
  const answers = await Promise.all([
    api.call('listMessages', { params: paramsOf(place) }),
    api.call('getMessage', { params }),
    api.call('listMessageVersions', { params }),
    api.call('listReactions', { params }),
    api.call('listReplies', { params }),
    api.call('listReceipts', { params }),
    api.call('getReceiptStats', { params }),
    api.call('listPins', { params: paramsOf(place) }),
    api.call('getMessageStats', { params: paramsOf(place) }),
    api.call('searchMessages', { query: { conversationId } }),
    api.call('searchMessages', { query: { q: 'bi mat' } }),
  ]);
  return JSON.stringify(answers);
}

describe('what was said until somebody goes', () => {
  test('stays theirs to read when they leave, and no more when they are removed', async ({ world }) => {
    const { an, binh, chi, hanoi, first } = await groupOfThree(world);
    await binh.leaves(hanoi);
    const minPosition = await an.removes(chi, { from: hanoi });

    const kept = await binh.timeline(hanoi, minPosition);
    expect(kept.map(({ content }) => wordsOf(content))).toEqual(['', 'Tối nay ăn gì?', 'Phở', '']);
    expect(kept.at(-1)?.content).toMatchObject({ template: 'member-left', variables: { user: binh.userId } });
    const params = { id: first.messageId };
    expect(await binh.api.call('getMessage', { params, minPosition })).toMatchObject({ seq: first.seq });
    const found = await binh.api.call('searchMessages', { query: { q: 'pho' }, minPosition });
    expect(found.data.map(({ message }) => wordsOf(message.content))).toEqual(['Phở']);

    await expect(chi.timeline(hanoi, minPosition)).rejects.toMatchObject(NOT_FOUND);
    await expect(chi.api.call('getMessage', { params, minPosition })).rejects.toMatchObject(NOT_FOUND);
    const nothing = await chi.api.call('searchMessages', { query: { q: 'pho' }, minPosition });
    expect(nothing.data).toEqual([]);
  });

  test('nothing that comes after it is told to them, live or when they ask', async ({ world }) => {
    const { an, binh, chi, hanoi, first, second } = await groupOfThree(world);
    const params = { id: first.messageId };
    await binh.leaves(hanoi);
    await binh.device.hears('conversation_removed', ({ reason }) => reason === 'left');
    const heard = binh.device.heard('new_message').length;

    await (await an.device.at(hanoi)).edit(first.messageId, SECRET);
    await (await chi.device.at(hanoi)).react(first.messageId, '😂');
    await (await an.device.at(hanoi)).pin(first.messageId);
    const answer = { content: SECRET, replyToId: first.messageId, clientMessageId: newUuidV7() };
    await chi.api.call('sendText', { body: { conversationId: hanoi.conversationId, ...answer } });
    const { position } = await an.api.call('deleteMessage', { params: { id: second.messageId } });

    const kept = await binh.timeline(hanoi, position);
    expect(kept.find(({ seq }) => seq === first.seq)).toMatchObject({
      content: { text: 'Tối nay ăn gì?' },
      isEdited: false,
      reactions: [],
      isPinned: false,
    });
    expect(kept.find(({ seq }) => seq === second.seq)).toMatchObject({ content: null });
    const told = await everythingToldTo(binh, hanoi, first.messageId);
    for (const word of [SECRET, '😂', 'Phở']) expect(told).not.toContain(word);
    expect(binh.device.heard('new_message')).toHaveLength(heard);
    expect(binh.device.heard('message_edited')).toEqual([]);
    await expect(binh.api.call('listReadPositions', { params: paramsOf(hanoi) })).rejects.toMatchObject(
      NOT_FOUND,
    );
    await expect(binh.api.call('reactToMessage', { params, body: { emoji: '👍' } })).rejects.toMatchObject(
      NOT_FOUND,
    );
    expect(await an.api.call('getMessage', { params })).toMatchObject({ content: { text: SECRET } });
  });

  test('is the group’s to keep from them, and to let them have again', async ({ world }) => {
    const { an, binh, chi, hanoi } = await groupOfThree(world);
    await binh.leaves(hanoi);
    await an.removes(chi, { from: hanoi });
    const update = async (settings: object) => {
      const { position } = await an.api.call('updateConversation', {
        params: paramsOf(hanoi),
        body: { settings },
      });
      return position;
    };
    const closed = await update({ keepHistory: false, keepHistoryOfRemoved: true });
    await expect(binh.timeline(hanoi, closed)).rejects.toMatchObject(NOT_FOUND);
    expect((await chi.history(hanoi, closed)).map(({ content }) => wordsOf(content))).toEqual([
      'Tối nay ăn gì?',
      'Phở',
    ]);
    const open = await update({ keepHistory: true });
    expect(await binh.history(hanoi, open)).toHaveLength(2);
  });

  test('is no conversation of theirs any more: not in the list, not in a sync', async ({ world }) => {
    const { binh, hanoi } = await groupOfThree(world);
    const minPosition = await binh.leaves(hanoi);
    for (const query of [{}, { archived: true }]) {
      expect((await binh.api.call('listConversations', { query, minPosition })).data).toEqual([]);
    }
    await expect(
      binh.api.call('getConversation', { params: paramsOf(hanoi), minPosition }),
    ).rejects.toMatchObject(NOT_FOUND);
    const cursors = { [hanoi.conversationId]: 1 };
    const synced = await binh.device.chat.connection.request('sync_request', { cursors });
    expect(synced).toMatchObject({ conversations: [], removed: [hanoi.conversationId] });
  });
});
