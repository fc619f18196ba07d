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
});
