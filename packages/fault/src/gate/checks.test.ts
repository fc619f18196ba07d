import { describe, expect, test } from 'vitest';

import type { LogEntry } from '../history.ts';
import {
  acceptedAfterTheBar,
  acceptedAndLost,
  brokenIn,
  type Ended,
  falselyOffline,
  ghosts,
  heardAfterTheBar,
  type Interleaving,
  readDifferences,
  saidWithoutSomebody,
  type Sighting,
  staleReads,
  withoutATime,
} from './checks.ts';

const hanoi = 'hanoi';
const said = (seq: number): LogEntry => ({
  kind: 'message',
  message: {
    conversationId: hanoi,
    seq,
    messageId: `message-${seq}`,
    senderId: 'an',
    clientMessageId: `client-${seq}`,
    text: 'chào',
  },
});
const ok = (seq: number) => ({
  clientMessageId: `client-${seq}`,
  outcome: { kind: 'ok', messageId: `message-${seq}`, seq, atMs: 1 } as const,
});
const moved = (seq: number, joined: readonly string[], left: readonly string[]): LogEntry => ({
  kind: 'membership',
  conversationId: hanoi,
  seq,
  joined,
  left,
});

test('what breaks an invariant is handed out once, and what nobody asked for is the rest', () => {
  const broken = brokenIn([
    { invariant: 'there is no silent gap', detail: 'a gap' },
    { invariant: 'numbers have no hole', detail: 'a hole' },
  ]);
  expect(broken.take('there is no silent gap')).toEqual(['a gap']);
  expect(broken.rest()).toEqual(['numbers have no hole: a hole']);
});

test('a read is stale that ends before what was written', () => {
  const read = { what: 'the history', writtenSeq: 5 };
  expect(staleReads([5, 9].map((readSeq) => ({ ...read, readSeq })))).toEqual([]);
  expect(staleReads([{ ...read, readSeq: 4 }])).toEqual(['the history shows 4, though 5 was written']);
});

test('what was said while somebody was out is counted', () => {
  const start = [moved(1, ['an', 'binh'], []), said(2)];
  expect(saidWithoutSomebody(start)).toBe(0);
  const away = [...start, moved(3, [], ['binh']), said(4), moved(5, ['binh'], []), said(6)];
  expect(saidWithoutSomebody(away)).toBe(1);
});

describe('an ended session', () => {
  const ended: Ended = { session: 'laptop', barAtMs: 100, heardAtMs: [50, 100], calls: [] };

  test('may be given what was under way, up to the bar', () => {
    const call = { askedAtMs: 90, isAccepted: true };
    const refused = { askedAtMs: 200, isAccepted: false };
    expect(heardAfterTheBar([ended])).toEqual([]);
    expect(acceptedAfterTheBar([{ ...ended, calls: [call, refused] }])).toEqual([]);
  });

  test('is given nothing after it', () => {
    expect(heardAfterTheBar([{ ...ended, heardAtMs: [101] }])).toHaveLength(1);
    const call = { askedAtMs: 101, isAccepted: true };
    expect(acceptedAfterTheBar([{ ...ended, calls: [call] }])).toHaveLength(1);
  });
});

describe('what was read', () => {
  const good: Interleaving = {
    what: 'round 1',
    reads: [2, 5, 3, 5],
    shown: { phone: 5, list: 5 },
    steps: { phone: [0, 2, 2, 5] },
  };

  test('is the greatest of all, everywhere', () => {
    expect(readDifferences([good])).toEqual([]);
    expect(readDifferences([{ ...good, shown: { phone: 5, list: 3 } }])).toEqual([
      'round 1: list shows 3, not 5',
    ]);
    expect(readDifferences([{ ...good, shown: { phone: 6 } }])).toHaveLength(1);
  });

  test('never goes back on the way', () => {
    expect(readDifferences([{ ...good, steps: { phone: [0, 5, 3, 5] } }])).toEqual([
      'round 1: phone went back to 3',
    ]);
  });
});

test('a refusal says when to come again', () => {
  expect(withoutATime([{ code: 'UNAVAILABLE', retryAfterMs: 1_000 }])).toEqual([]);
  const bad = [undefined, 0, Number.NaN].map((retryAfterMs) => ({ code: 'UNAVAILABLE', retryAfterMs }));
  expect(withoutATime(bad)).toHaveLength(3);
});

test('what was accepted is in the log', () => {
  const unknown = { clientMessageId: 'client-9', outcome: { kind: 'unknown' } as const };
  expect(acceptedAndLost([ok(2), unknown], [said(2)])).toEqual([]);
  expect(acceptedAndLost([ok(2), ok(3)], [said(2)])).toEqual(['client-3 is not in the log']);
});

const seen = (userId: string, status: string, atMs: number): Sighting => ({
  by: 'An',
  who: userId,
  userId,
  status,
  atMs,
});

describe('presence', () => {
  const gone = new Map([['binh', 5_000]]);
  test('nobody is offline who is there, nor within ten seconds of going', () => {
    expect(falselyOffline([seen('chi', 'unknown', 1), seen('binh', 'offline', 15_000)], gone)).toEqual([]);
    expect(falselyOffline([seen('chi', 'offline', 1), seen('binh', 'offline', 14_999)], gone)).toEqual([
      'An was shown chi as offline',
      'An was shown binh as offline',
    ]);
  });

  test('nobody is there who is gone', () => {
    const shown = [seen('binh', 'offline', 1), seen('binh', 'unknown', 1), seen('chi', 'online', 1)];
    expect(ghosts(shown, gone)).toEqual([]);
    expect(ghosts([seen('binh', 'online', 1), seen('binh', 'away', 1)], gone)).toHaveLength(2);
  });
});
