import { beforeEach, expect, test } from 'vitest';

import { Unread, UNREAD_BYTES_MAX, UNREAD_FRAME_COUNT_MAX } from './unread.ts';

let unread: Unread;
beforeEach(() => {
  unread = new Unread();
});

test('who reads is never cut off, however much there is', () => {
  for (let written = 0; written < 10_000; written += 1) {
    expect(unread.isTooMuch(0)).toBe(false);
    unread.note({ bytes: 1_000, frameCount: 10 }, 0);
  }
});

test('a reader that leaves too many frames is cut off', () => {
  for (let left = 1; left <= UNREAD_FRAME_COUNT_MAX; left += 1) {
    expect(unread.isTooMuch((left - 1) * 10)).toBe(false);
    unread.note({ bytes: 10, frameCount: 1 }, left * 10);
  }
  expect(unread.isTooMuch(UNREAD_FRAME_COUNT_MAX * 10)).toBe(false);
  unread.note({ bytes: 10, frameCount: 1 }, (UNREAD_FRAME_COUNT_MAX + 1) * 10);
  expect(unread.isTooMuch((UNREAD_FRAME_COUNT_MAX + 1) * 10)).toBe(true);
});

test('a reader that leaves too many bytes is cut off', () => {
  unread.note({ bytes: UNREAD_BYTES_MAX + 1, frameCount: 1 }, UNREAD_BYTES_MAX + 1);
  expect(unread.isTooMuch(UNREAD_BYTES_MAX)).toBe(false);
  expect(unread.isTooMuch(UNREAD_BYTES_MAX + 1)).toBe(true);
});

test('a slow reader that goes on reading keeps its socket: only what is left counts', () => {
  const lag = 100;
  for (let written = 1; written <= 5_000; written += 1) {
    const left = Math.min(written, lag) * 10;
    unread.note({ bytes: 10, frameCount: 1 }, left);
    expect(unread.isTooMuch(left)).toBe(false);
  }
  expect(unread.isTooMuch(0)).toBe(false);
});
