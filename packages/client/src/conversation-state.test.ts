import type { ConversationView as ListedConversation, MessageView } from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { ApiError } from './api-error.ts';
import { ConversationState } from './conversation-state.ts';
import type { OutboxItem } from './outbox-storage.ts';
import type { Sent } from './outbox.ts';

const hanoi = 'cnv_01h455vb4pex5vsknk084sn02q';
const an = 'usr_01h455vb4pex5vsknk084sn02q';
const binh = 'usr_01h455vb4pex5vsknk084sn02r';
const chi = 'usr_01h455vb4pex5vsknk084sn02s';

const listed = (more: Partial<ListedConversation> = {}) =>
  ({
    conversationId: hanoi,
    kind: 'direct',
    name: null,
    memberCount: 2,
    members: [
      { userId: binh, displayName: 'Bình', joinedSeq: 1 },
      { userId: an, displayName: 'An', joinedSeq: 1 },
    ],
    lastSeq: 1,
    lastActivityAt: '2026-11-21T12:00:00.000Z',
    lastMessage: null,
    readUpToSeq: 0,
    unreadCount: 0,
    draft: null,
    ownViewVersion: 0,
    ...more,
  }) as ListedConversation;

const message = (seq: number, senderId: string = binh) =>
  ({
    conversationId: hanoi,
    seq,
    senderId,
    messageId: `msg_${seq}`,
    clientMessageId: `id-${seq}`,
    content: { type: 'text', text: `message ${seq}` },
    deletedAt: null,
    changedSeq: seq,
    mentions: [],
    sentAt: `2026-11-21T12:00:${String(seq).padStart(2, '0')}.000Z`,
  }) as unknown as MessageView;
const said = (seq: number, senderId?: string) => ({
  kind: 'message' as const,
  seq,
  message: message(seq, senderId),
});
const item = (seq: number): OutboxItem => ({
  localId: `id-${seq}`,
  conversationId: hanoi,
  clientMessageId: `id-${seq}`,
  content: { type: 'text', text: `message ${seq}` },
  createdAt: '2026-11-21T12:00:00.000Z',
  senderId: an,
});
const sent = (seq: number) => ({ message: message(seq, an) }) as Sent;
const shown = (state: ConversationState) => state.messages().map(({ text, status }) => `${text} ${status}`);

describe('an own message', () => {
  test('is sending, sent, then delivered and read as soon as one other person has it and has read that far', () => {
    const state = new ConversationState(listed(), an);
    state.takeOutbox({ state: 'sending', item: item(2) });
    expect(shown(state)).toEqual(['message 2 sending']);
    state.takeOutbox({ state: 'sent', item: item(2), sent: sent(2) });
    expect(shown(state)).toEqual(['message 2 sent']);
    state.takeRead(an, 2);
    expect(shown(state)).toEqual(['message 2 sent']);
    state.takeDelivered(binh, 2);
    expect(shown(state)).toEqual(['message 2 delivered']);
    state.takeRead(binh, 2);
    expect(shown(state)).toEqual(['message 2 read']);
  });

  test('that comes live before its answer is there once', () => {
    const state = new ConversationState(listed(), an);
    state.takeOutbox({ state: 'sending', item: item(2) });
    state.takeEvent(said(2, an));
    expect(shown(state)).toEqual(['message 2 sent']);
    state.takeOutbox({ state: 'sent', item: item(2), sent: sent(2) });
    expect(shown(state)).toEqual(['message 2 sent']);
  });

  test('whose answer overtakes the live events before it is sent, and in its place when they are there', () => {
    const state = new ConversationState(listed(), an);
    state.takeOutbox({ state: 'sending', item: item(3) });
    state.takeOutbox({ state: 'sent', item: item(3), sent: sent(3) });
    expect(shown(state)).toEqual(['message 3 sent']);
    expect(state.takeEvent(said(2)).events.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(shown(state)).toEqual(['message 2 received', 'message 3 sent']);
  });

  test('that was refused for good stays to be seen, with the reason', () => {
    const state = new ConversationState(listed(), an);
    const error = new ApiError({ code: 'NOT_FOUND', message: 'no', definite: true });
    state.takeOutbox({ state: 'failed', item: item(2), error });
    expect(state.messages()[0]).toMatchObject({ status: 'failed', error });
    state.takeOutbox({ state: 'discarded', item: item(2) });
    expect(shown(state)).toEqual([]);
  });

  test('is the same object until something about it changes', () => {
    const state = new ConversationState(listed(), an);
    state.takeEvent(said(2, an));
    const [before] = state.messages();
    state.takeEvent(said(3));
    expect(state.messages()[0]).toBe(before);
    state.takeRead(binh, 2);
    expect(state.messages()[0]).not.toBe(before);
  });
});

describe('unread', () => {
  test('counts what others say after the list was made, and an answer takes it away', () => {
    const state = new ConversationState(listed({ lastSeq: 5, unreadCount: 2 }), an);
    state.takeEvent(said(6));
    expect(state.unreadCount).toBe(3);
    state.takeEvent(said(7, an));
    expect([state.unreadCount, state.answeredAt]).toEqual([0, 7]);
    state.takeEvent(said(8));
    expect(state.unreadCount).toBe(1);
  });

  test('is nothing at the head', () => {
    const state = new ConversationState(listed({ lastSeq: 5, unreadCount: 2 }), an);
    state.takeEvent(said(6));
    state.takeRead(an, 6);
    expect(state.unreadCount).toBe(0);
    state.takeEvent(said(7));
    expect(state.unreadCount).toBe(1);
  });

  test('an own message on top of what was read passes over nothing', () => {
    const state = new ConversationState(listed({ lastSeq: 5, readUpToSeq: 5 }), an);
    state.takeEvent(said(6, an));
    expect([state.readUpToSeq, state.answeredAt]).toEqual([6, 0]);
  });

  test('never goes back, however late an older position comes', () => {
    const state = new ConversationState(listed(), an);
    state.takeEvent(said(2));
    state.takeRead(an, 2);
    expect(state.takeRead(an, 1)).toBe(false);
    expect(state.unreadCount).toBe(0);
  });

  test('does not count what was said before one joined', () => {
    const members = [{ userId: an, displayName: 'An', joinedSeq: 4 }] as ListedConversation['members'];
    const state = new ConversationState(listed({ lastSeq: 4, members }), an);
    state.takeNewest([message(2), message(3)], true);
    state.takeSynced({ messages: [], changed: [], upToSeq: 4 }, 3);
    state.takeEvent(said(5));
    expect(state.unreadCount).toBe(1);
  });
});

describe('a conversation', () => {
  test('that is news tells what was said since one joined', () => {
    const state = new ConversationState(listed({ lastSeq: 3, unreadCount: 2 }), an, 'news');
    expect([state.view.cursor, state.view.isIncomplete, state.unreadCount]).toEqual([1, true, 2]);
    const messages = [message(2), message(3)];
    state.takeSynced({ messages, changed: [], upToSeq: 3 }, 1);
    expect([shown(state).length, state.unreadCount]).toEqual([2, 2]);
  });

  test('shows the newest message and the other person’s name', () => {
    const state = new ConversationState(listed(), an);
    state.takeEvent(said(2));
    expect(state.summary()).toMatchObject({ title: 'Bình', lastMessage: { seq: 2 }, unreadCount: 1 });
  });

  test('counts its members as they come and go', () => {
    const state = new ConversationState(listed({ kind: 'group', name: 'Weekend' }), an);
    state.takeMembers(
      new Map([
        [an, 'owner'],
        [binh, 'member'],
      ]),
    );
    const joined = { members: [{ userId: chi, role: 'member' }] } as never;
    state.takeEvent({ kind: 'joined', seq: 2, joined });
    expect([state.summary().memberCount, state.members?.size]).toEqual([3, 3]);
    state.takeEvent({ kind: 'left', seq: 3, left: { userId: binh } as never });
    expect([state.summary().memberCount, [...(state.members?.keys() ?? [])]]).toEqual([2, [an, chi]]);
  });

  test('takes on its new name, its new rules and its people’s new roles', () => {
    const state = new ConversationState(listed({ kind: 'group', name: 'Weekend', ownRole: 'owner' }), an);
    state.takeMembers(
      new Map([
        [an, 'owner'],
        [binh, 'member'],
      ]),
    );
    const members = [
      { userId: binh, role: 'owner' },
      { userId: an, role: 'admin' },
    ];
    state.takeEvent({ kind: 'role', seq: 2, changed: { seq: 2, members } as never });
    const updated = { seq: 3, name: 'Tuần sau', settings: { readOnly: true } };
    state.takeEvent({ kind: 'updated', seq: 3, updated: updated as never });

    expect(state.summary().title).toBe('Tuần sau');
    expect(state.listed).toMatchObject({ ownRole: 'admin', settings: { readOnly: true } });
    expect([...(state.members ?? [])]).toEqual([
      [an, 'admin'],
      [binh, 'owner'],
    ]);
  });

  test('is not turned back by an older answer', () => {
    const state = new ConversationState(listed({ lastSeq: 5, memberCount: 3 }), an);
    state.takeListed(listed({ lastSeq: 4, memberCount: 2 }));
    expect(state.summary().memberCount).toBe(3);
  });
});
