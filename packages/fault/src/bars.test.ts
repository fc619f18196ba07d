import { describe, expect, test } from 'vitest';

import { brokenBars } from './bars.ts';
import type { Send } from './history.ts';
import type { Strike } from './nemesis.ts';
import { costsOf, type Standing, type StrikeCost } from './waits.ts';

const quiet = { conversationCount: 1, longestWaitMs: 20 };

function takeover(longestMs: Partial<Readonly<Record<Standing, number>>>, cost: Partial<StrikeCost> = {}) {
  const groupOf = (standing: Standing) => ({ ...quiet, longestWaitMs: longestMs[standing] ?? 20 });
  return {
    victim: 'message service',
    bar: 'takeover',
    backAfterMs: 1_000,
    cpuShare: 1,
    usualWaitMs: 20,
    groups: { out: groupOf('out'), behind: groupOf('behind'), apart: groupOf('apart') },
    longestWaitAfterReturnMs: 0,
    ...cost,
  } satisfies StrikeCost;
}

function nats(longestWaitAfterReturnMs: number): StrikeCost {
  const cost = takeover({ out: 11_000, behind: 11_000, apart: 11_000 });
  return { ...cost, victim: 'NATS', bar: 'return', longestWaitAfterReturnMs };
}

describe('a takeover', () => {
  test('that slows nobody by more than it may is good', () => {
    expect(brokenBars(takeover({ out: 5_020, behind: 3_020, apart: 3_020 }))).toEqual([]);
  });

  test.each([
    ['all others', takeover({ apart: 3_021 })],
    ['behind one of those', takeover({ behind: 3_021 })],
    ['with a command out', takeover({ out: 5_021 })],
  ])('that slows those %s by more is called by their name', (name, cost) => {
    expect(brokenBars(cost)).toEqual([expect.stringContaining(name)]);
  });

  test('that somebody waits for for ever is broken', () => {
    const cost = takeover({ apart: Number.POSITIVE_INFINITY });
    expect(brokenBars(cost)).toEqual(['all others: slowed by ∞, not 3000 ms']);
  });

  test('is judged by how much longer than usual an answer took', () => {
    expect(brokenBars(takeover({ apart: 3_900 }, { usualWaitMs: 900 }))).toEqual([]);
    expect(brokenBars(takeover({ apart: 3_901 }, { usualWaitMs: 900 }))).not.toEqual([]);
  });

  test('does not hide behind a system that is always slow', () => {
    expect(brokenBars(takeover({ apart: 4_001 }, { usualWaitMs: 60_000 }))).not.toEqual([]);
  });

  test('has longer for its work where the machine gives it less than half of its time', () => {
    // The broker's two seconds, and a second's work at 40 %.
    const cpuShare = 0.4;
    expect(brokenBars(takeover({ apart: 4_520, out: 6_520 }, { cpuShare }))).toEqual([]);
    expect(brokenBars(takeover({ apart: 4_521 }, { cpuShare }))).not.toEqual([]);
    expect(brokenBars(takeover({ out: 6_521 }, { cpuShare }))).not.toEqual([]);
  });

  test('may not take for ever on the busiest of machines', () => {
    expect(brokenBars(takeover({ apart: 6_020 }, { cpuShare: 0.01 }))).toEqual([]);
    expect(brokenBars(takeover({ apart: 6_021 }, { cpuShare: 0.01 }))).not.toEqual([]);
  });

  test('has no longer on a machine that is merely busy', () => {
    expect(brokenBars(takeover({ apart: 3_021 }, { cpuShare: 0.5 }))).not.toEqual([]);
  });
});

describe('a return of the only broker', () => {
  test('is judged by the last who waits after it, whoever that is', () => {
    expect(brokenBars(nats(10_000))).toEqual([]);
    expect(brokenBars(nats(10_001))).toEqual(['somebody waited 10001 ms after its return, not 10000 ms']);
  });

  test('is broken where somebody never has an answer', () => {
    expect(brokenBars(nats(Number.POSITIVE_INFINITY))).toHaveLength(1);
  });

  test('has no longer on an overloaded machine', () => {
    expect(brokenBars({ ...nats(10_001), cpuShare: 0.1 })).toHaveLength(1);
  });
});

describe('a history', () => {
  const messageService: Strike = {
    victim: 'message service',
    process: 'message-1',
    bar: 'takeover',
    atMs: 0,
    backAfterMs: 1_000,
    cpuShare: 1,
  };
  const broker: Strike = {
    ...messageService,
    victim: 'NATS',
    process: 'nats',
    bar: 'return',
    backAfterMs: 100,
  };
  /** Hải Phòng is in the partition of Hà Nội. */
  const partitions: Readonly<Record<string, number>> = { 'Hà Nội': 0, 'Hải Phòng': 0, Huế: 1 };

  /** Where, when (0 is the kill), and how long the answer took. */
  const judged = (strike: Strike, ...said: readonly (readonly [string, number, number])[]) => {
    const sends = said.map(([conversationId, submittedAtMs, waitMs]): Send => ({
      device: "An's phone",
      userId: 'An',
      conversationId,
      clientMessageId: `${submittedAtMs}`,
      text: 'Chào em',
      submittedAtMs,
      outcome: { kind: 'ok', messageId: 'message', seq: 1, atMs: submittedAtMs + waitMs },
    }));
    return costsOf([strike], { sends, partitionOf: (id) => partitions[id] ?? -1 }).flatMap(brokenBars);
  };

  test('in which each waits as long as it stood to the kill is good', () => {
    const out = ['Hà Nội', -5, 4_900] as const;
    expect(judged(messageService, out, ['Hải Phòng', 10, 2_900], ['Huế', 10, 2_900])).toEqual([]);
  });

  test('in which a conversation that had nothing out waits like one that had is bad', () => {
    expect(judged(messageService, ['Hà Nội', 5, 4_900])).toEqual([
      expect.stringContaining('all others: slowed by 4900 ms'),
    ]);
  });

  test('in which one slow conversation hides among many quick ones is bad', () => {
    const quick = Array.from({ length: 50 }, (_, index) => [`Huế ${index}`, 10, 20] as const);
    expect(judged(messageService, ...quick, ['Huế', 10, 3_100])).toHaveLength(1);
  });

  test('in which a command that was out is never handed out again in time is bad', () => {
    expect(judged(messageService, ['Hà Nội', -5, 8_100])).toEqual([
      expect.stringContaining('with a command out: slowed by 8095 ms'),
    ]);
  });

  test('in which the last has an answer nine seconds after the only broker is back is good, eleven are bad', () => {
    expect(judged(broker, ['Huế', -5, 9_105])).toEqual([]);
    expect(judged(broker, ['Huế', -5, 11_105])).toEqual([
      expect.stringContaining('11000 ms after its return'),
    ]);
  });
});

test('a kill without a bar of its own breaks none', () => {
  const apart = Number.POSITIVE_INFINITY;
  expect(brokenBars({ ...takeover({ apart }), victim: 'Postgres', bar: undefined })).toEqual([]);
});
