import { type ConversationId, type DeviceId, newId, type UserId } from '@parley/contracts';
import { expect, test } from 'vitest';

import { TYPING_EVERY_MS, TYPING_MS, TypingTracker } from './typing-tracker.ts';

const hanoi: ConversationId = newId('cnv');
const an: UserId = newId('usr');
const binh: UserId = newId('usr');
const phone: DeviceId = newId('dev');
const laptop: DeviceId = newId('dev');
const inHanoi = { conversationId: hanoi, userId: an };

test('is said when somebody begins, and at most once a second while they go on', () => {
  const tracker = new TypingTracker();
  expect(tracker.start(inHanoi, phone, 0)).toBe(true);
  expect(tracker.start(inHanoi, phone, TYPING_EVERY_MS - 1)).toBe(false);
  expect(tracker.start(inHanoi, laptop, TYPING_EVERY_MS - 1)).toBe(false);
  expect(tracker.start(inHanoi, phone, TYPING_EVERY_MS)).toBe(true);
  expect(tracker.in(hanoi)).toEqual([an]);
});

test('ends by itself ten seconds after it was said last', () => {
  const tracker = new TypingTracker();
  tracker.start(inHanoi, phone, 0);
  tracker.start({ ...inHanoi, userId: binh }, phone, 0);
  tracker.start(inHanoi, phone, 500);
  expect(tracker.expire(TYPING_MS - 1)).toEqual([]);
  expect(tracker.expire(TYPING_MS)).toEqual([{ ...inHanoi, userId: binh }]);
  expect(tracker.expire(TYPING_MS + 500)).toEqual([inHanoi]);
  expect(tracker.expire(TYPING_MS + 500)).toEqual([]);
});

test('goes on until the last device has stopped', () => {
  const tracker = new TypingTracker();
  tracker.start(inHanoi, phone, 0);
  tracker.start(inHanoi, laptop, 0);
  expect(tracker.stop(inHanoi, phone)).toBe(false);
  expect(tracker.stop(inHanoi, phone)).toBe(false);
  expect(tracker.stop(inHanoi, laptop)).toBe(true);
  expect(tracker.in(hanoi)).toEqual([]);
});

test('ends on all devices with a message, and only where there was something to end', () => {
  const tracker = new TypingTracker();
  expect(tracker.end(inHanoi)).toBe(false);
  tracker.start(inHanoi, phone, 0);
  tracker.start(inHanoi, laptop, 0);
  expect(tracker.end({ ...inHanoi, userId: binh })).toBe(false);
  expect(tracker.end(inHanoi)).toBe(true);
  expect(tracker.end(inHanoi)).toBe(false);
  // What was on its way when they sent begins anew, and is said at once.
  expect(tracker.start(inHanoi, phone, 1)).toBe(true);
});
