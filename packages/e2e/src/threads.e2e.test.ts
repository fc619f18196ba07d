import { newUuidV7 } from '@parley/contracts';
import { story as test } from '@parley/testing';
import { describe, expect } from 'vitest';

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
