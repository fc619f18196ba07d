import { newUuidV7 } from '@parley/contracts';
import { type Person, type Place, story as test } from '@parley/testing';
import { describe, expect } from 'vitest';

const RACE_COUNT = 40;

function send(person: Person, { conversationId }: Place, content = 'Chào') {
  const body = { conversationId, clientMessageId: newUuidV7(), content };
  return person.api.call('sendText', { body });
}

describe('a block', () => {
  test('ends what somebody may say in the direct chat, and nothing else', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await send(binh, place);
    await an.device.chat.blocks.block(binh.userId);

    await expect(send(binh, place)).rejects.toMatchObject({ code: 'BLOCKED', definite: true });
    await expect(binh.device.chat.startDirect(an.userId)).rejects.toMatchObject({ code: 'BLOCKED' });
    await expect(binh.history(place)).resolves.toHaveLength(1);
    await send(an, place, 'Đừng gọi nữa');
    // In a group it hides, which is the clients' to do, and forbids nothing.
    await send(binh, hanoi, 'Ở đây thì được');
    await expect(an).toSee(['Ở đây thì được'], { in: hanoi });
    const view = await an.api.call('getConversation', { params: { id: place.conversationId } });
    expect(view.isBlocked).toBe(true);
  });

  test('holds from before the chat was opened, and ends when it is lifted', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const { blocks } = an.device.chat;
    await blocks.block(binh.userId);
    await blocks.block(binh.userId);

    expect((await blocks.list()).map(({ userId, displayName }) => [userId, displayName])).toEqual([
      [binh.userId, 'Bình'],
    ]);
    await expect(binh.device.chat.startDirect(an.userId)).rejects.toMatchObject({ code: 'BLOCKED' });
    const place = await an.startsDirect(binh);
    await expect(send(binh, place)).rejects.toMatchObject({ code: 'BLOCKED' });

    await blocks.unblock(binh.userId);
    expect(await blocks.list()).toEqual([]);
    await send(binh, place, 'Cảm ơn');
    await expect(an).toSee(['Cảm ơn'], { in: place });
  });

  test('keeps a person out of groups that the blocked one opens, without a word', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    await an.device.chat.blocks.block(binh.userId);
    // The block is in the lists of the conversation service when An's own list has it.
    await an.device.chat.blocks.list();

    const hanoi = await binh.startsGroup('Hà Nội', { with: [an, chi] });
    const { data } = await binh.api.call('listMembers', { params: { id: hanoi.conversationId } });
    expect(data.map(({ userId }) => userId).toSorted()).toEqual([binh.userId, chi.userId].toSorted());
    // Nor do they come in by being added afterwards.
    const params = { id: hanoi.conversationId };
    const { position } = await binh.api.call('addMembers', { params, body: { userIds: [an.userId] } });
    await expect(an.api.call('getConversation', { params, minPosition: position })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('of oneself or of nobody is refused', async ({ world }) => {
    const [an] = await world.people('An');
    const { blocks } = an.device.chat;
    await expect(blocks.block(an.userId)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await expect(blocks.block(`usr_${'0'.repeat(26)}`)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('that races with a message is decided by the log', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsDirect(binh);
    for (let count = 0; count < RACE_COUNT; count += 1) {
      await Promise.all([
        send(binh, place).catch((error: unknown) => expect(error).toMatchObject({ code: 'BLOCKED' })),
        an.device.chat.blocks.block(binh.userId),
      ]);
      await an.device.chat.blocks.unblock(binh.userId);
    }

    let isBlocked = false;
    const log = await world.logOf(place);
    for (const { type } of log) {
      if (type === 'message.sent') expect(isBlocked).toBe(false);
      else isBlocked = type === 'conversation.person-blocked';
    }
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  });
});
