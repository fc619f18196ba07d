import type { SyncedByCursors } from '@parley/contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { notSent } from './api-error.ts';
import { CatchUp } from './catch-up.ts';

type Answer = SyncedByCursors;

/** A server with one number per conversation: the head it has stored. It answers two at a time. */
function serverWith(heads: Record<string, number>) {
  const cursors: Record<string, number> = Object.fromEntries(Object.keys(heads).map((id) => [id, 0]));
  const asked: string[][] = [];
  const failures: Error[] = [];
  const removed: string[] = [];
  const catchUp = new CatchUp({
    ask: (wanted) => {
      asked.push(Object.keys(wanted));
      const failure = failures.shift();
      if (failure !== undefined) return Promise.reject(failure);
      const conversations = Object.entries(wanted)
        .filter(([id]) => heads[id] !== undefined)
        .map(([conversationId, from]) => {
          const upToSeq = Math.min(heads[conversationId] ?? 0, from + 2);
          return { conversationId, messages: [], upToSeq, hasMore: upToSeq < (heads[conversationId] ?? 0) };
        });
      return Promise.resolve({
        conversations,
        removed: Object.keys(wanted).filter((id) => heads[id] === undefined),
        hidden: [],
      } as unknown as Answer);
    },
    cursorOf: (id) => cursors[id],
    take: ({ conversationId, upToSeq }) => {
      cursors[conversationId] = upToSeq;
      return false;
    },
    onRemoved: (id) => {
      removed.push(id);
      delete cursors[id];
    },
    onHidden: () => undefined,
    random: () => 1,
  });
  return { catchUp, cursors, asked, failures, removed };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('catching up', () => {
  test('asks page after page until nothing is missing', async () => {
    const { catchUp, cursors, asked } = serverWith({ hanoi: 5, hue: 1 });
    catchUp.open();
    catchUp.want(['hanoi', 'hue']);
    await settle();
    expect(cursors).toEqual({ hanoi: 5, hue: 1 });
    expect(asked).toEqual([['hanoi', 'hue'], ['hanoi'], ['hanoi']]);
    expect(catchUp.isIdle).toBe(true);
  });

  test('asks for no more conversations at once than the protocol allows', async () => {
    const names = Array.from({ length: 450 }, (_, index) => `conversation-${index}`);
    const { catchUp, asked } = serverWith(Object.fromEntries(names.map((name) => [name, 1])));
    catchUp.open();
    catchUp.want(names);
    await settle();
    expect(asked.map((ids) => ids.length)).toEqual([200, 200, 50]);
  });

  test('a failed question is asked again after a pause', async () => {
    const { catchUp, cursors, failures } = serverWith({ hanoi: 1 });
    failures.push(notSent('gone'));
    catchUp.open();
    catchUp.want(['hanoi']);
    await settle();
    expect(cursors['hanoi']).toBe(0);
    await vi.advanceTimersByTimeAsync(250);
    expect(cursors['hanoi']).toBe(1);
  });

  test('a lost connection ends it; the next one asks for all', async () => {
    const { catchUp, asked, failures } = serverWith({ hanoi: 1 });
    failures.push(notSent('gone'));
    catchUp.open();
    catchUp.want(['hanoi']);
    catchUp.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
  });

  test('tells of the ones that are not the person’s to see any more', async () => {
    const { catchUp, removed, cursors } = serverWith({ hanoi: 1 });
    cursors['secret'] = 3;
    catchUp.open();
    catchUp.want(['hanoi', 'secret']);
    await settle();
    expect(removed).toEqual(['secret']);
    expect(catchUp.isIdle).toBe(true);
  });
});
