import type { ConversationView as ListedConversation, MessageView } from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { ConversationState } from './conversation-state.ts';
import { Thread, type ThreadParts } from './thread.ts';

const an = 'usr_an';
const binh = 'usr_binh';
const ROOT = 'msg_1';

const answer = (seq: number, to = ROOT) =>
  ({
    conversationId: 'cnv_hanoi',
    messageId: `msg_${seq}`,
    clientMessageId: `id-${seq}`,
    seq,
    changedSeq: seq,
    senderId: binh,
    content: { type: 'text', text: `answer ${seq}` },
    replyTo: { messageId: to, seq: 1, senderId: an, preview: null },
    deletedAt: null,
    reactions: [],
  }) as unknown as MessageView;

/** A conversation that stands at 10, and a server that has pages of answers. */
function threadWith(...pages: readonly (readonly MessageView[])[]) {
  const listed = { conversationId: 'cnv_hanoi', memberCount: 2, members: [], lastSeq: 10, readUpToSeq: 10 };
  const state = new ConversationState(listed as unknown as ListedConversation, an);
  const listeners = new Set<() => void>();
  const call = (_: string, { query }: { readonly query: { readonly cursor?: string } }) => {
    const index = Number(query.cursor ?? 0);
    const hasMore = index + 1 < pages.length;
    return Promise.resolve({
      data: pages[index],
      page: { hasMore, nextCursor: hasMore ? String(index + 1) : null },
    });
  };
  const parts = {
    rootId: ROOT,
    api: { call },
    people: { want: () => undefined },
    state,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const thread = new Thread(parts as unknown as ThreadParts);
  return {
    thread,
    listeners,
    hears: (message: MessageView) => {
      state.takeEvent({ kind: 'message', seq: message.seq, message });
      for (const listener of listeners) listener();
    },
    synced: (changed: MessageView) => {
      const { changedSeq: upToSeq } = changed;
      state.takeSynced({ messages: [], changed: [changed], upToSeq }, state.view.cursor);
      for (const listener of listeners) listener();
    },
    shows: () => thread.getSnapshot().replies.map(({ text }) => text),
  };
}

describe('a thread', () => {
  test('has its answers page by page, the first one first', async () => {
    const { thread, shows } = threadWith([answer(2), answer(4)], [answer(6)]);
    expect([shows(), thread.getSnapshot().hasMore]).toEqual([[], true]);
    expect(await thread.loadMore()).toBe(true);
    expect(shows()).toEqual(['answer 2', 'answer 4']);
    expect(await thread.loadMore()).toBe(false);
    expect(shows()).toEqual(['answer 2', 'answer 4', 'answer 6']);
  });

  test('an answer that comes is shown, once all before it are loaded', async () => {
    const { thread, hears, shows } = threadWith([answer(2)], [answer(6)]);
    await thread.loadMore();
    hears(answer(11));
    expect(shows()).toEqual(['answer 2']);
    await thread.loadMore();
    hears(answer(12));
    hears(answer(13, 'msg_5'));
    expect(shows()).toEqual(['answer 2', 'answer 6', 'answer 11', 'answer 12']);
  });

  test('a change of an answer that is not in the view shows here', async () => {
    const { thread, synced, shows } = threadWith([answer(2), answer(4)]);
    await thread.loadMore();
    synced({ ...answer(4), changedSeq: 11, content: { type: 'text', text: 'said better' } });
    expect(shows()).toEqual(['answer 2', 'said better']);
  });

  test('two who load at once load a page once', async () => {
    const { thread, shows } = threadWith([answer(2)], [answer(6)]);
    await Promise.all([thread.loadMore(), thread.loadMore()]);
    expect(shows()).toEqual(['answer 2']);
  });

  test('is the same until something changes, and hears of nothing more once it is closed', async () => {
    const { thread, listeners } = threadWith([answer(2)]);
    await thread.loadMore();
    expect(thread.getSnapshot()).toBe(thread.getSnapshot());
    thread.close();
    expect(listeners.size).toBe(0);
  });
});
