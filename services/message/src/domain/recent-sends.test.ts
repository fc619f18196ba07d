import { type MessageId, newId, timestampOf, type UserId } from '@parley/contracts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  addRecentSend,
  findRecentSend,
  RECENT_SEND_COUNT_MAX,
  type RecentSend,
  recentSendsSince,
} from './recent-sends.ts';

const start = Date.parse('2026-11-21T08:00:00.000Z');

function sendAt(timeMs: number, seq: number): RecentSend {
  return {
    messageId: newId<MessageId>('msg'),
    seq,
    position: seq,
    senderId: newId<UserId>('usr'),
    sentAt: timestampOf(timeMs),
    type: 'text',
    fingerprint: 'f',
  };
}

describe('recent sends', () => {
  test('a send is found again', () => {
    const send = sendAt(start, 1);
    expect(findRecentSend(addRecentSend(recentSendsSince(0), send), send.messageId)).toEqual(send);
  });

  test('what is forgotten lies before what is claimed to be complete, whatever the rate', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 1, maxLength: 400 }),
        (gapsMs) => {
          let timeMs = start;
          let recent = recentSendsSince(Number.NEGATIVE_INFINITY);
          const sends = gapsMs.map((gapMs, index) => {
            timeMs += gapMs;
            const send = sendAt(timeMs, index + 1);
            recent = addRecentSend(recent, send);
            return send;
          });
          const forgotten = sends.filter(({ messageId }) => findRecentSend(recent, messageId) === undefined);
          return forgotten.every(({ sentAt }) => Date.parse(sentAt) <= recent.completeSinceMs);
        },
      ),
    );
  });

  test('the memory is bounded', () => {
    let recent = recentSendsSince(0);
    for (let seq = 1; seq <= 3 * RECENT_SEND_COUNT_MAX; seq += 1) {
      recent = addRecentSend(recent, sendAt(start + seq, seq));
    }
    const size = recent.chunks.reduce((sum, chunk) => sum + chunk.size, 0);
    expect(size).toBeGreaterThan(0.9 * RECENT_SEND_COUNT_MAX);
    expect(size).toBeLessThan(1.1 * RECENT_SEND_COUNT_MAX);
  });

  test('a quarter of an hour is enough', () => {
    let recent = recentSendsSince(0);
    for (let minute = 0; minute < 600; minute += 1) {
      recent = addRecentSend(recent, sendAt(start + minute * 60_000, minute + 1));
    }
    const size = recent.chunks.reduce((sum, chunk) => sum + chunk.size, 0);
    expect(size).toBeLessThan(100);
  });
});
