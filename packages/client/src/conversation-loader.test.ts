import type { ConversationView as ListedConversation } from '@parley/contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { ApiError } from './api-error.ts';
import { ConversationLoader, type ConversationLoaderParts } from './conversation-loader.ts';
import { ConversationState } from './conversation-state.ts';

const an = 'usr_an';
const binh = 'usr_binh';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A server whose tables have not heard of the conversation for so many questions. */
function loaderBehind(unheardCount: number) {
  let asked = 0;
  const listed = { conversationId: 'cnv_hanoi', memberCount: 2, members: [], lastSeq: 1, readUpToSeq: 0 };
  const state = new ConversationState(listed as unknown as ListedConversation, an);
  const call = async () => {
    asked += 1;
    if (asked <= unheardCount) throw new ApiError({ code: 'NOT_FOUND', message: 'no', definite: true });
    return { data: [{ userId: binh, upToSeq: 1 }], deliveries: [] };
  };
  const parts = { api: { call }, people: {}, state, onChanged: () => undefined };
  const loader = new ConversationLoader(parts as unknown as ConversationLoaderParts);
  return { loader, state, askedCount: () => asked };
}

test('tables that have not heard of a conversation that is here are asked again', async () => {
  const { loader, state } = loaderBehind(3);
  const loading = loader.loadReadPositions();
  await vi.runAllTimersAsync();
  await loading;
  expect(state.readPositions.get(binh)).toBe(1);
});

test('what is not there in the end is said', async () => {
  const { loader, askedCount } = loaderBehind(100);
  const refusal = loader.loadReadPositions().catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  expect(await refusal).toMatchObject({ code: 'NOT_FOUND' });
  expect(askedCount()).toBeLessThan(10);
});
