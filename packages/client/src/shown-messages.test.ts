import type { MessageView } from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { ConversationView } from './conversation-view.ts';
import type { OutboxItem, Said } from './outbox-storage.ts';
import { ShownMessages } from './shown-messages.ts';

const hanoi = 'cnv_01h455vb4pex5vsknk084sn02q';
const an = 'usr_01h455vb4pex5vsknk084sn02q';
const binh = 'usr_01h455vb4pex5vsknk084sn02r';

const message = (seq: number, more: object = {}) =>
  ({
    conversationId: hanoi,
    seq,
    senderId: an,
    messageId: `msg_${seq}`,
    clientMessageId: `stored-${seq}`,
    content: { type: 'text', text: `message ${seq}` },
    changedSeq: seq,
    deletedAt: null,
    ...more,
  }) as MessageView;

const item = (id: string, said: Partial<Said> = {}): OutboxItem => ({
  localId: id,
  clientMessageId: id,
  conversationId: hanoi,
  content: { type: 'text', text: id },
  createdAt: '2026-11-21T12:00:00.000Z',
  senderId: an,
  ...said,
});

/** A conversation in which `stored` stands, and what An is shown of it. */
function hanoiWith(...stored: readonly MessageView[]) {
  const view = new ConversationView(0);
  const shown = new ShownMessages(an);
  const hear = (one: MessageView) => view.apply({ kind: 'message', seq: one.seq, message: one });
  for (const one of stored) hear(one);
  return {
    hear,
    says: (said: OutboxItem) => shown.takeOutbox({ state: 'sending', item: said }, view.cursor),
    isStored: (said: OutboxItem, as: MessageView) =>
      shown.takeOutbox({ state: 'sent', item: said, sent: { message: as } }, view.cursor),
    list: () => shown.list(view, () => 'sent'),
    lines: () => shown.list(view, () => 'sent').map(({ text, status }) => `${text} ${status}`),
  };
}

describe('what is on its way is shown at once', () => {
  test('as what it is, whatever it holds', () => {
    const { says, list } = hanoiWith();
    const content = { type: 'location', lat: 21.03, lng: 105.85, name: 'Hồ Gươm' } as const;
    says(item('one', { content }));
    expect(list()).toMatchObject([{ text: 'Hồ Gươm', content, status: 'sending' }]);
  });

  test('an answer with what it answers, where that is here', () => {
    const { says, list } = hanoiWith(message(1, { senderId: binh }));
    says(item('ừ', { replyToId: 'msg_1' }));
    says(item('gì?', { replyToId: 'msg_0' }));
    const preview = { type: 'text', text: 'message 1' };
    expect(list().at(1)?.replyTo).toEqual({ messageId: 'msg_1', seq: 1, senderId: binh, preview });
    expect(list().at(2)).not.toHaveProperty('replyTo');
  });
});

describe('a forward', () => {
  const forwardOf = { messageId: 'msg_far', originId: 'msg_origin' };
  const forwardedFrom = { messageId: 'msg_origin' };

  test('that is heard of before its answer is there once', () => {
    const { hear, says, lines } = hanoiWith(message(1, { forwardedFrom }));
    says(item('phở', { forwardOf }));
    expect(lines()).toEqual(['message 1 sent', 'phở sending']);
    hear(message(2, { senderId: binh, forwardedFrom }));
    expect(lines().at(-1)).toBe('phở sending');
    hear(message(3, { forwardedFrom }));
    expect(lines()).toEqual(['message 1 sent', 'message 2 received', 'message 3 sent']);
  });

  test('of the same message once more is another one', () => {
    const { hear, says, isStored, lines } = hanoiWith();
    const [first, second] = [item('one', { forwardOf }), item('two', { forwardOf })];
    says(first);
    says(second);
    hear(message(1, { forwardedFrom }));
    isStored(first, message(1, { forwardedFrom }));
    expect(lines()).toEqual(['message 1 sent', 'two sending']);
  });
});
