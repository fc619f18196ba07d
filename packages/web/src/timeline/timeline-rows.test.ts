import type { ChatMessage } from '@parley/client';
import { expect, test } from 'vitest';

import { timelineRows } from './timeline-rows.ts';

const said: ChatMessage = {
  key: '',
  conversationId: 'cnv',
  senderId: 'an',
  isOwn: false,
  text: '',
  content: { type: 'text', text: 'hello' },
  sentAt: '',
  status: 'received',
  isEdited: false,
  isDeleted: false,
  reactions: [],
  isPinned: false,
};

/** One a minute, from this time on. */
function talk(from: string, messages: readonly Partial<ChatMessage>[]): readonly ChatMessage[] {
  const start = new Date(from).getTime();
  return messages.map((message, index) => ({
    ...said,
    key: `m${index + 1}`,
    seq: index + 1,
    sentAt: new Date(start + index * 60_000).toISOString(),
    ...message,
  }));
}

const kinds = (messages: readonly ChatMessage[], newAfter?: number) =>
  timelineRows(messages, newAfter).map((row) =>
    row.kind === 'message' ? `${row.isFirst ? '⌜' : ''}${row.message.key}${row.isLast ? '⌟' : ''}` : row.kind,
  );

test('what one person says in a row stands together', () => {
  const messages = talk('2026-11-20T09:00:00', [{}, {}, { senderId: 'binh' }, {}]);
  expect(kinds(messages)).toEqual(['day', '⌜m1', 'm2⌟', '⌜m3⌟', '⌜m4⌟']);
});

test('a pause parts what one person says', () => {
  const messages = talk('2026-11-20T09:00:00', [
    {},
    { sentAt: new Date('2026-11-20T09:30:00').toISOString() },
  ]);
  expect(kinds(messages)).toEqual(['day', '⌜m1⌟', '⌜m2⌟']);
});

test('each day has its head', () => {
  const messages = talk('2026-11-20T23:59:30', [{}, {}]);
  expect(kinds(messages)).toEqual(['day', '⌜m1⌟', 'day', '⌜m2⌟']);
});

test('the line of what is new stands before the first that others have said', () => {
  const messages = talk('2026-11-20T09:00:00', [{}, { isOwn: true, senderId: 'me' }, {}, {}]);
  expect(kinds(messages, 1)).toEqual(['day', '⌜m1⌟', '⌜m2⌟', 'new', '⌜m3', 'm4⌟']);
  expect(kinds(messages, 4)).not.toContain('new');
});

test('a system line parts the messages around it', () => {
  const content = { type: 'system', template: 'renamed', variables: {} } as ChatMessage['content'];
  const messages = talk('2026-11-20T09:00:00', [{}, { content }, {}]);
  expect(kinds(messages)).toEqual(['day', '⌜m1⌟', 'system', '⌜m3⌟']);
});
