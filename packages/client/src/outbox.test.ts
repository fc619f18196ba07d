import { type ErrorCode, wordsOf } from '@parley/contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { ApiError, notSent, outcomeUnknown } from './api-error.ts';
import { memoryOutboxStorage, type OutboxItem, type OutboxStorage } from './outbox-storage.ts';
import { Outbox, OUTBOX_LENGTH_MAX, OutboxFullError, type OutboxChange, type Sent } from './outbox.ts';

const hanoi = 'cnv_01h455vb4pex5vsknk084sn02q';
const hue = 'cnv_01h455vb4pex5vsknk084sn02r';

const an = 'usr_01h455vb4pex5vsknk084sn02q';
const binh = 'usr_01h455vb4pex5vsknk084sn02r';

const text = (words: string, senderId = an) => ({
  content: { type: 'text' as const, text: words },
  senderId,
});
const fails = () => Promise.reject(new Error('disk full'));
const settle = () => vi.advanceTimersByTimeAsync(0);

/** A server of which the test decides every answer. */
function outboxWith(storage: OutboxStorage = memoryOutboxStorage()) {
  const tries: OutboxItem[] = [];
  const open: { resolve: (sent: Sent) => void; reject: (error: ApiError) => void }[] = [];
  const changes: string[] = [];
  const storageErrors: unknown[] = [];
  let ids = 0;
  const outbox = new Outbox({
    send: (item) => {
      tries.push(item);
      return new Promise((resolve, reject) => open.push({ resolve, reject }));
    },
    newId: () => `id-${(ids += 1)}`,
    onChange: ({ state, item }: OutboxChange) => changes.push(`${wordsOf(item.content)} ${state}`),
    storage,
    onStorageError: (error) => storageErrors.push(error),
    random: () => 1,
  });
  return {
    outbox,
    changes,
    storageErrors,
    tried: () => tries.map(({ content, clientMessageId }) => `${wordsOf(content)} ${clientMessageId}`),
    accept: async () => {
      open.shift()?.resolve({} as Sent);
      await settle();
    },
    refuse: async (error: ApiError) => {
      open.shift()?.reject(error);
      await settle();
    },
  };
}

const refusal = (code: ErrorCode, more: { reason?: string; retryAfterMs?: number } = {}) =>
  new ApiError({
    code,
    message: code,
    definite: true,
    ...(more.retryAfterMs === undefined ? {} : { retryAfterMs: more.retryAfterMs }),
    ...(more.reason === undefined ? {} : { details: { reason: more.reason } }),
  });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the outbox', () => {
  test('sends one message of a conversation at a time, in the order they were typed', async () => {
    const { outbox, tried, accept, changes } = outboxWith();
    outbox.resume();
    outbox.add(hanoi, text('one'));
    outbox.add(hanoi, text('two'));
    expect(tried()).toEqual(['one id-1']);
    await accept();
    expect(tried()).toEqual(['one id-1', 'two id-2']);
    await accept();
    expect(changes).toEqual(['one sending', 'two sending', 'one sent', 'two sent']);
    expect(outbox.length).toBe(0);
  });

  test('I11: a conversation that waits does not hold up another', () => {
    const { outbox, tried } = outboxWith();
    outbox.resume();
    outbox.add(hanoi, text('one'));
    outbox.add(hue, text('other'));
    expect(tried()).toEqual(['one id-1', 'other id-2']);
  });

  test('waits for a connection', async () => {
    const { outbox, tried } = outboxWith();
    outbox.add(hanoi, text('one'));
    expect(tried()).toEqual([]);
    outbox.resume();
    expect(tried()).toEqual(['one id-1']);
  });

  test('keeps the id when nobody knows what became of the send, over lost connections too', async () => {
    const { outbox, tried, refuse, accept } = outboxWith();
    outbox.resume();
    outbox.add(hanoi, text('one'));
    await refuse(outcomeUnknown('time-out'));
    await vi.advanceTimersByTimeAsync(250);
    outbox.pause();
    await refuse(notSent('disconnected'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tried()).toEqual(['one id-1', 'one id-1']);
    outbox.resume();
    expect(tried()).toEqual(['one id-1', 'one id-1', 'one id-1']);
    await accept();
    expect(outbox.length).toBe(0);
  });

  test('a connection that is back before its last try has failed loses nothing', async () => {
    const { outbox, tried, refuse } = outboxWith();
    outbox.resume();
    outbox.add(hanoi, text('one'));
    outbox.pause();
    outbox.resume();
    await refuse(outcomeUnknown('disconnected'));
    await vi.advanceTimersByTimeAsync(250);
    expect(tried()).toEqual(['one id-1', 'one id-1']);
  });

  test('waits as long as the server asks, and keeps the id', async () => {
    const { outbox, tried, refuse } = outboxWith();
    outbox.resume();
    outbox.add(hanoi, text('one'));
    await refuse(refusal('RATE_LIMITED', { retryAfterMs: 3_000 }));
    await vi.advanceTimersByTimeAsync(2_999);
    expect(tried()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(tried()).toEqual(['one id-1', 'one id-1']);
  });

  test('a message that is typed meanwhile does not shorten the wait', async () => {
    const { outbox, tried, refuse } = outboxWith();
    outbox.resume();
    outbox.add(hanoi, text('one'));
    await refuse(refusal('UNAVAILABLE', { retryAfterMs: 3_000 }));
    outbox.add(hanoi, text('two'));
    expect(tried()).toHaveLength(1);
  });

  test('a definite refusal fails its message and lets the next one go', async () => {
    const { outbox, tried, refuse, changes } = outboxWith();
    outbox.resume();
    outbox.add(hanoi, text('one'));
    outbox.add(hanoi, text('two'));
    await refuse(refusal('VALIDATION_FAILED'));
    expect(changes).toContain('one failed');
    expect(tried()).toEqual(['one id-1', 'two id-2']);
  });

  test('a failed message can be tried again under a new id', async () => {
    const { outbox, tried, refuse } = outboxWith();
    outbox.resume();
    const { localId } = outbox.add(hanoi, text('one'));
    await refuse(refusal('NOT_FOUND'));
    outbox.retry(localId);
    await settle();
    expect(tried()).toEqual(['one id-1', 'one id-2']);
    expect(outbox.length).toBe(1);
  });

  test('a clock that is ahead costs a new id and nothing else', async () => {
    const { outbox, tried, refuse, accept, changes } = outboxWith();
    outbox.resume();
    outbox.add(hanoi, text('one'));
    await refuse(refusal('VALIDATION_FAILED', { reason: 'client-clock-ahead' }));
    await vi.advanceTimersByTimeAsync(250);
    expect(tried()).toEqual(['one id-1', 'one id-2']);
    await accept();
    expect(changes.at(-1)).toBe('one sent');
  });

  test('what an earlier process left is sent, in order, under its ids', async () => {
    const storage = memoryOutboxStorage();
    const earlier = outboxWith(storage);
    earlier.outbox.add(hanoi, text('one'));
    earlier.outbox.add(hanoi, text('two'));

    await earlier.outbox.kept();

    const { outbox, tried, accept } = outboxWith(storage);
    await outbox.restore(an);
    outbox.resume();
    await accept();
    expect(tried()).toEqual(['one id-1', 'two id-2']);
    await accept();
    await outbox.kept();
    expect(await storage.load()).toEqual([]);
  });

  test('whatever is said, and to what it answers, outlives its process', async () => {
    const storage = memoryOutboxStorage();
    const content = { type: 'location', lat: 21.03, lng: 105.85 } as const;
    const earlier = outboxWith(storage);
    earlier.outbox.add(hanoi, { content, replyToId: 'msg_1', senderId: an });
    earlier.outbox.add(hanoi, { ...text('phở'), forwardOf: { messageId: 'msg_2', originId: 'msg_1' } });

    await earlier.outbox.kept();

    const { outbox } = outboxWith(storage);
    await outbox.restore(an);
    expect(outbox.changesIn(hanoi).map(({ item }) => item)).toMatchObject([
      { clientMessageId: 'id-1', content, replyToId: 'msg_1' },
      { clientMessageId: 'id-2', forwardOf: { messageId: 'msg_2', originId: 'msg_1' } },
    ]);
  });

  test('I13: what somebody else has written on this device stays where it is', async () => {
    const storage = memoryOutboxStorage();
    const earlier = outboxWith(storage);
    earlier.outbox.add(hanoi, text('of An'));
    earlier.outbox.add(hanoi, text('of Bình', binh));
    await earlier.outbox.kept();

    const { outbox, tried } = outboxWith(storage);
    await outbox.restore(binh);
    outbox.resume();
    expect(tried()).toEqual(['of Bình id-2']);
    await outbox.kept();
    expect(await storage.load()).toHaveLength(2);
  });

  test('what was refused outlives its process, until its writer tries again or gives it up', async () => {
    const storage = memoryOutboxStorage();
    const earlier = outboxWith(storage);
    earlier.outbox.resume();
    earlier.outbox.add(hanoi, text('one'));
    earlier.outbox.add(hanoi, text('two'));
    await earlier.refuse(refusal('READ_ONLY'));
    await earlier.refuse(refusal('READ_ONLY', { reason: 'dissolved' }));
    await earlier.outbox.kept();

    const { outbox, tried } = outboxWith(storage);
    await outbox.restore(an);
    expect(outbox.changesIn(hanoi)).toMatchObject([
      { state: 'failed', error: { code: 'READ_ONLY', definite: true } },
      { state: 'failed', error: { code: 'READ_ONLY', reason: 'dissolved' } },
    ]);
    outbox.resume();
    outbox.discard('id-1');
    outbox.retry('id-2');
    await settle();
    expect(tried()).toEqual(['two id-1']);
    expect(await storage.load()).toMatchObject([{ localId: 'id-2', clientMessageId: 'id-1' }]);
  });

  test('I15: a storage that fails keeps nothing from being sent, and is told of', async () => {
    const { outbox, tried, accept, storageErrors } = outboxWith({ load: fails, put: fails, remove: fails });
    outbox.resume();
    outbox.add(hanoi, text('one'));
    await accept();
    expect([tried(), outbox.length]).toEqual([['one id-1'], 0]);
    await outbox.kept();
    expect(storageErrors).toHaveLength(2);
  });

  test('I14: takes no more than its bound', () => {
    const { outbox } = outboxWith();
    for (let count = 0; count < OUTBOX_LENGTH_MAX; count += 1) outbox.add(hanoi, text('one'));
    expect(() => outbox.add(hanoi, text('one more'))).toThrow(OutboxFullError);
  });
});
