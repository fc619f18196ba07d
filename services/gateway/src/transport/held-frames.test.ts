import { type ConversationId, newId, type ServerEventName, type ServerEventOf } from '@parley/contracts';
import { expect, test } from 'vitest';

import { encodeFrame } from './frames.ts';
import { HeldFrames } from './held-frames.ts';

const hanoi: ConversationId = newId('cnv');
const hue: ConversationId = newId('cnv');

function frame<Name extends ServerEventName>(name: Name, said: object) {
  return encodeFrame(name, said as ServerEventOf<Name>);
}

test('what was told meanwhile is not said again, and all else is, in order', () => {
  const held = new HeldFrames();
  const frames = [
    frame('new_message', { message: { conversationId: hanoi, seq: 4 } }),
    frame('message_edited', { conversationId: hanoi, seq: 5, messageSeq: 2 }),
    frame('messages_read', { conversationId: hanoi, upToSeq: 3 }),
    frame('new_message', { message: { conversationId: hanoi, seq: 6 } }),
    frame('new_message', { message: { conversationId: hue, seq: 1 } }),
    frame('message_deleted', { conversationId: hanoi, scope: 'me', seq: null }),
    frame('conversation_removed', { conversationId: hanoi, seq: 7, reason: 'removed' }),
  ];
  for (const one of frames) held.hold(one);
  expect(held.after(new Map([[hanoi, 5]]))).toEqual([frames[2], frames[3], frames[4], frames[5], frames[6]]);
  expect(held.after(new Map())).toEqual(frames);
});

test('with more than it keeps, it says so', () => {
  const held = new HeldFrames();
  const one = frame('messages_read', { conversationId: hanoi, upToSeq: 3 });
  for (let count = 0; count < 10_001; count += 1) held.hold(one);
  expect(held.after(new Map())).toBeUndefined();
});
