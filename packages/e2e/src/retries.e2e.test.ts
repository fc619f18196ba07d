import { newUuidV7 } from '@parley/contracts';
import { story as test } from '@parley/testing';
import { describe, expect } from 'vitest';

describe('a retry', () => {
  test('of a reaction does not take it away, also when the broker has forgotten', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const { messageId } = await an.says('Ai đi ăn phở?', { in: hanoi });
    const idempotencyKey = newUuidV7();
    const react = (key: string) =>
      binh.api.call('reactToMessage', {
        params: { id: messageId },
        body: { conversationId: hanoi.conversationId, emoji: '👍' },
        idempotencyKey: key,
      });

    expect(await react(idempotencyKey)).toMatchObject({ count: 1, own: true });
    const added = (await world.logOf(hanoi)).find(({ type }) => type === 'message.reaction-added');
    if (added === undefined) throw new Error('nobody has reacted');
    await world.brokerForgets(added);
    expect(await react(idempotencyKey)).toMatchObject({ count: 1, own: true });
    expect(await react(newUuidV7())).toMatchObject({ count: 0, own: false });
    const events = (await world.logOf(hanoi)).filter(({ type }) => type.startsWith('message.reaction'));
    expect(events).toHaveLength(2);
  });

  test('hears what the first try was answered, also where it would be refused by now', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
    const { messageId } = await binh.says('Phở?', { in: hanoi });
    const params = { id: hanoi.conversationId };
    const body = { conversationId: hanoi.conversationId, content: 'Bún chả?' };
    const acts = [
      (idempotencyKey: string) =>
        an.api.call('removeMember', { params: { ...params, userId: chi.userId }, idempotencyKey }),
      (idempotencyKey: string) =>
        binh.api.call('editMessage', { params: { id: messageId }, body, idempotencyKey }),
      (idempotencyKey: string) => binh.api.call('mute', { params, body: {}, idempotencyKey }),
      (idempotencyKey: string) => binh.api.call('leave', { params, idempotencyKey }),
    ];
    const done: { key: string; answer: unknown }[] = [];
    for (const act of acts) {
      const key = newUuidV7();
      done.push({ key, answer: await act(key) });
    }
    const stored = await world.storedCount();
    for (const [index, act] of acts.entries()) {
      expect(await act(done[index]?.key ?? '')).toEqual(done[index]?.answer);
      await expect(act(newUuidV7())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await world.storedCount()).toEqual(stored);
  });

  test('is one of the same act: a used key does nothing in the place of another', async ({ world }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh, chi] });
    const hue = await an.startsGroup('Huế', { with: [binh] });
    const idempotencyKey = newUuidV7();
    const remove = (id: string, { userId }: { readonly userId: string }) =>
      an.api.call('removeMember', { params: { id, userId }, idempotencyKey });

    await remove(hanoi.conversationId, binh);
    await remove(hanoi.conversationId, chi);
    await remove(hue.conversationId, binh);
    for (const place of [hanoi, hue]) {
      const { data } = await an.api.call('listMembers', { params: { id: place.conversationId } });
      expect(data.map(({ userId }) => userId)).toEqual([an.userId]);
    }
  });
});
