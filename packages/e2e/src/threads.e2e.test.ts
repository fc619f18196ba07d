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

  test('on a device a thread goes on by itself, also after an absence', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const root = await an.says('Ai đi ăn phở?', { in: hanoi });
    const there = await binh.device.opens(hanoi);
    there.reply(root.messageId, 'Tôi');
    await expect(an).toSee(['Ai đi ăn phở?', 'Tôi'], { in: hanoi });

    const thread = (await an.device.at(hanoi)).thread(root.messageId);
    await thread.loadMore();
    const texts = () => thread.getSnapshot().replies.map(({ text }) => text);
    await expect.poll(texts).toEqual(['Tôi']);
    await an.goesOffline();
    const second = there.reply(root.messageId, 'Tôi nữa');
    there.send('không phải trả lời');
    await binh.device.ticks(second.key, hanoi, 'sent');
    await an.comesBack();
    await expect.poll(texts).toEqual(['Tôi', 'Tôi nữa']);
    const [first] = thread.getSnapshot().replies;
    await there.react(first?.messageId ?? '', '👍');
    await expect
      .poll(() => thread.getSnapshot().replies[0]?.reactions)
      .toMatchObject([{ emoji: '👍', count: 1 }]);
    thread.close();
  });
});
