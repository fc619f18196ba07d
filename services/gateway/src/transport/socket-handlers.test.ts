import { type ConversationId, newId, type SyncedByCursors, type UserId } from '@parley/contracts';
import { expect, test } from 'vitest';

import type { ClientSession } from './client-session.ts';
import { socketHandlers, type SocketPorts } from './socket-handlers.ts';

const userId: UserId = newId('usr');
const session = { identity: { userId } } as unknown as ClientSession;

test('who has missed a lot gets it in several answers, and is told of every conversation in each', async () => {
  const messages = Array.from({ length: 50 }, (_, index) => ({
    seq: index + 1,
    content: { type: 'text', text: 'ở'.repeat(10_000) },
  }));
  const feed = { isMember: () => true, head: { seq: 50, position: 50 }, messagesAfter: () => messages };
  const queries = { ask: async () => ({ kind: 'failed', fault: 'unavailable' }) };
  const handlers = socketHandlers({ feeds: { join: async () => feed }, queries } as unknown as SocketPorts);
  const cursors: Record<ConversationId, number> = {};
  for (let index = 0; index < 100; index += 1) cursors[newId<ConversationId>('cnv')] = 0;

  const result = await handlers.sync_request({ cursors, limit: 100 }, session, 'a-test');
  const conversations = result.ok ? (result.data as SyncedByCursors).conversations : [];
  expect(conversations).toHaveLength(100);
  const told = conversations.filter(({ messages: some }) => some.length > 0);
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThan(20);
  for (const { messages: some, upToSeq, hasMore } of conversations) {
    expect({ upToSeq, hasMore }).toEqual(
      some.length > 0 ? { upToSeq: 50, hasMore: false } : { upToSeq: 0, hasMore: true },
    );
  }
});
