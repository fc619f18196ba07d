import { describe, expect, test } from 'vitest';

import type { Send, SendOutcome } from './history.ts';
import type { Strike } from './nemesis.ts';
import { costsOf, quantile } from './waits.ts';

const KILL_MS = 10_000;
const kill: Strike = {
  victim: 'message service',
  process: 'message-1',
  bar: 'takeover',
  atMs: KILL_MS,
  backAfterMs: 1_000,
  cpuShare: 1,
};
const nextKill: Strike = { ...kill, victim: 'Redis', process: 'redis', atMs: KILL_MS + 5_000 };

/** Hải Phòng has its commands in the same partition as Hà Nội. */
const partitions: Readonly<Record<string, number>> = { 'Hà Nội': 0, 'Hải Phòng': 0, Huế: 1, 'Đà Nẵng': 2 };

/** A send handed in so long after the kill, or before it where negative; without a wait it is never answered. */
function send(conversationId: string, afterKillMs: number, waitMs?: number): Send {
  const submittedAtMs = KILL_MS + afterKillMs;
  const outcome: SendOutcome =
    waitMs === undefined
      ? { kind: 'unknown' }
      : { kind: 'ok', messageId: 'message', seq: 1, atMs: submittedAtMs + waitMs };
  const clientMessageId = `${afterKillMs}`;
  return {
    device: "An's phone",
    userId: 'An',
    conversationId,
    clientMessageId,
    text: 'Chào em',
    submittedAtMs,
    outcome,
  };
}

function costs(sends: readonly Send[], strikes: readonly Strike[] = [kill]) {
  return costsOf(strikes, { sends, partitionOf: (conversationId) => partitions[conversationId] ?? -1 });
}

function costOf(...sends: readonly Send[]) {
  const [cost] = costs(sends);
  if (cost === undefined) throw new Error('one kill has one cost');
  return cost;
}

const nobody = { conversationCount: 0, longestWaitMs: 0 };

describe('how a conversation stood to a kill', () => {
  test('it had a command out when a send was handed in before and answered after', () => {
    expect(costOf(send('Hà Nội', -10, 2_000)).groups).toEqual({
      out: { conversationCount: 1, longestWaitMs: 1_990 },
      behind: nobody,
      apart: nobody,
    });
  });

  test('it had one out when that was never answered', () => {
    expect(costOf(send('Hà Nội', -10)).groups.out.conversationCount).toBe(1);
  });

  test('it had none out when all before were answered before, and what came later came after', () => {
    const { groups } = costOf(send('Huế', -10, 9), send('Huế', 1, 20));
    expect(groups.out).toEqual(nobody);
    expect(groups.apart).toEqual({ conversationCount: 1, longestWaitMs: 20 });
  });

  test('a neighbour in the partition is behind it, one elsewhere is apart', () => {
    const { groups } = costOf(
      send('Hà Nội', -10, 2_000),
      send('Hải Phòng', 100, 1_900),
      send('Huế', 100, 30),
      send('Đà Nẵng', 200, 40),
    );
    expect(groups.behind).toEqual({ conversationCount: 1, longestWaitMs: 1_900 });
    expect(groups.apart).toEqual({ conversationCount: 2, longestWaitMs: 40 });
  });

  test('neighbours of one another are apart while neither has a command out', () => {
    const { groups } = costOf(send('Hà Nội', 100, 10), send('Hải Phòng', 100, 10));
    expect(groups).toMatchObject({ behind: nobody, apart: { conversationCount: 2 } });
  });

  test('where nobody speaks nobody is counted', () => {
    expect(costOf(send('Huế', -500, 10)).groups.apart).toEqual(nobody);
  });
});

describe('how long people waited', () => {
  test('the later sends to a conversation with a command out count with it', () => {
    const { groups } = costOf(send('Hà Nội', -10, 20), send('Hà Nội', 100, 2_100));
    expect(groups.out).toEqual({ conversationCount: 1, longestWaitMs: 2_100 });
  });

  test('what is out at the next kill counts up to that, and the rest is the next one’s', () => {
    const [first, second] = costs([send('Huế', 1_000, 6_000)], [nextKill, kill]);
    expect(first?.groups.apart.longestWaitMs).toBe(4_000);
    expect(second?.groups.out.longestWaitMs).toBe(2_000);
  });

  test('who has no answer in the end waits for ever', () => {
    expect(costOf(send('Huế', 100)).groups.apart.longestWaitMs).toBe(Number.POSITIVE_INFINITY);
  });

  test('a refusal is an answer', () => {
    const refused: Send = {
      ...send('Huế', 100),
      outcome: { kind: 'refused', code: 'NOT_FOUND', atMs: KILL_MS + 130 },
    };
    expect(costOf(refused).groups.apart.longestWaitMs).toBe(30);
  });

  test('usual is what nearly all answers of the second before came within', () => {
    const usual = Array.from({ length: 98 }, (_, index) => send('Huế', -900 + index, 20));
    expect(costOf(...usual, send('Huế', -500, 45), send('Huế', -5_000, 3_000)).usualWaitMs).toBe(45);
  });

  test('one slow answer among two hundred is not usual', () => {
    const usual = Array.from({ length: 200 }, (_, index) => send('Huế', -900 + index, 20));
    expect(costOf(...usual, send('Huế', -800, 790)).usualWaitMs).toBe(20);
  });

  test('once the victim is back the wait begins anew', () => {
    expect(costOf(send('Huế', -10, 3_010), send('Huế', 2_000, 500)).longestWaitAfterReturnMs).toBe(2_000);
  });

  test('what was answered before the return waited for nothing', () => {
    expect(costOf(send('Huế', -10, 500)).longestWaitAfterReturnMs).toBe(0);
  });
});

test('of a list, a half is the one in the middle', () => {
  expect([0, 0.25, 0.5, 1].map((part) => quantile([1, 2, 3, 4], part))).toEqual([1, 2, 3, 4]);
  expect(quantile([], 0.5)).toBe(0);
});
