import { newUuidV7, timestampOf } from '@parley/contracts';
import { expect, test } from 'vitest';

import { about, eightMs, given, hanoi, meta, owner, sentBy, started } from '../../test/group-of-hanoi.ts';
import type { KnownMessage } from './known-message.ts';

/** The line that tells who was let in, as it is looked up. */
const line: KnownMessage = {
  messageId: about.messageId,
  seq: 2,
  senderId: owner,
  sentAt: timestampOf(eightMs),
  type: 'system',
  content: null,
  deleted: null,
  isPinned: false,
  reactions: [],
  fingerprint: null,
  position: 2,
};
const onIt = { ...about, found: line };
/** Nothing is. */
const pinned = { messageIds: [], position: 2 };
const refused = { accepted: false, code: 'system-message' };

test.each([
  { type: 'message.edit', data: { ...onIt, wording: { text: 'không' } }, meta: meta(owner) },
  { type: 'message.delete', data: onIt, meta: meta(owner) },
  { type: 'message.react', data: { ...onIt, emoji: '👍' }, meta: meta(owner) },
  { type: 'message.remove-reaction', data: { ...onIt, emoji: '👍' }, meta: meta(owner) },
  { type: 'message.pin', data: { ...onIt, pinned }, meta: meta(owner) },
  { type: 'message.unpin', data: onIt, meta: meta(owner) },
] as const)('$type does nothing to a line that nobody said, whoever asks', (command) => {
  expect(given(started, sentBy(owner)).when(command)).toEqual(refused);
});

test('nobody answers one, nor says it again elsewhere', () => {
  const ids = {
    conversationId: hanoi,
    messageId: 'msg_0000000000000000000000000z' as typeof about.messageId,
    clientMessageId: newUuidV7(eightMs) as never,
  };
  const content = { type: 'text', text: 'Chào mừng!' } as const;
  expect(
    given(started).when({
      type: 'message.send',
      data: { ...ids, content, replyToId: about.messageId, quoted: line },
      meta: meta(owner),
    }),
  ).toEqual(refused);
  const source = {
    content: { type: 'system' as const, template: 'member-left', variables: { user: owner } },
    origin: { ...about, senderId: owner, sentAt: timestampOf(eightMs) },
  };
  expect(
    given(started).when({
      type: 'message.forward',
      data: { ...ids, sourceId: about.messageId, source },
      meta: meta(owner),
    }),
  ).toEqual({ accepted: false, code: 'not-forwardable' });
});
