import { expect, test } from 'vitest';

import { messageIn, TEXT_LENGTH, textOf } from './socket-io-crowd.ts';

function sliceOf(event: readonly unknown[]) {
  const bytes = Buffer.from(`42/chat,${JSON.stringify(event)}`);
  return { bytes, start: '42/chat,'.length, end: bytes.length, atMs: 0 };
}

test('a text has its length, whatever its number', () => {
  expect([textOf(0), textOf(1_234_567)].map((text) => text.length)).toEqual([TEXT_LENGTH, TEXT_LENGTH]);
});

test('the number and the seq of a message are found in its bytes', () => {
  const message = { conversationId: 'c', seq: 17, content: { type: 'text', text: textOf(4_321) } };

  expect(messageIn(sliceOf(['new_message', { message }]))).toEqual({ message: 4_321, seq: 17 });
});

test('other events are no messages', () => {
  expect(messageIn(sliceOf(['messages_read', { upToSeq: 4 }]))).toBeUndefined();
});
