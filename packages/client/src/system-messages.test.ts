import type { ConversationView as ListedConversation, MessageView } from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { ConversationState } from './conversation-state.ts';
import { ConversationView } from './conversation-view.ts';
import { type NumberedEvent, peopleIn } from './numbered-event.ts';

const hanoi = 'cnv_01h455vb4pex5vsknk084sn02q';
const an = 'usr_01h455vb4pex5vsknk084sn02q';
const binh = 'usr_01h455vb4pex5vsknk084sn02r';

const row = (seq: number, more: object) =>
  ({
    conversationId: hanoi,
    seq,
    senderId: binh,
    messageId: `msg_${seq}`,
    clientMessageId: `id-${seq}`,
    content: { type: 'text', text: `message ${seq}` },
    deletedAt: null,
    changedSeq: seq,
    sentAt: `2026-11-21T12:00:${String(seq).padStart(2, '0')}.000Z`,
    mentions: [],
    reactions: [],
    ...more,
  }) as unknown as MessageView;
const said = (seq: number) => row(seq, {});
const line = (seq: number, senderId = binh) =>
  row(seq, {
    senderId,
    content: { type: 'system', template: 'member-joined', variables: { user: an, by: senderId } },
  });
const joined = (seq: number): NumberedEvent => ({
  kind: 'joined',
  seq,
  joined: { conversationId: hanoi, seq, members: [], systemMessage: line(seq) } as never,
});
const pinned = (messageSeq: number, seq: number): NumberedEvent => ({
  kind: 'changed',
  seq,
  change: {
    type: 'pinned',
    event: {
      messageId: `msg_${messageSeq}`,
      messageSeq,
      seq,
      isPinned: true,
      systemMessage: line(seq),
    } as never,
  },
});
const took = (seq: number): NumberedEvent => ({ kind: 'message', seq, message: said(seq) });

describe('the lines of a view', () => {
  test('are the same live, from a sync and from the history', () => {
    const live = new ConversationView(0);
    for (const event of [took(1), joined(2), took(3)]) live.apply(event);
    const synced = new ConversationView(0);
    synced.complete({ messages: [said(1), line(2), said(3)], changed: [], upToSeq: 3 }, 0);
    const read = new ConversationView(3);
    read.startFrom([said(1), line(2), said(3)], true);

    expect(synced.messages).toEqual(live.messages);
    expect(read.messages).toEqual(live.messages);
    expect(live.lastSaid).toEqual(said(3));
  });

  test('do not say what became of the members: that is read again, unless the event itself is here', () => {
    const view = new ConversationView(0);
    const synced = { messages: [said(1), line(2)], changed: [], upToSeq: 2 };
    expect(view.complete(synced, 0).membersMissed).toBe(true);

    const held = new ConversationView(0);
    held.apply(joined(2));
    const { events, membersMissed } = held.complete(synced, 0);
    expect([events.map(({ kind }) => kind), membersMissed]).toEqual([['message', 'joined'], false]);
    expect(held.messages).toEqual([said(1), line(2)]);
  });

  test('of a pin come with what it does to the message', () => {
    const view = new ConversationView(0);
    view.apply(took(1));
    view.apply(pinned(1, 2));
    expect(view.messages).toMatchObject([{ seq: 1, isPinned: true }, { seq: 2 }]);
  });

  test('name all the people that they speak of', () => {
    expect(peopleIn(line(2))).toEqual([binh, an, binh]);
    expect(peopleIn(said(2))).toEqual([binh]);
  });
});

describe('what nobody said', () => {
  const listed = {
    conversationId: hanoi,
    kind: 'group',
    name: 'Hà Nội',
    memberCount: 2,
    members: [{ userId: an, displayName: 'An', joinedSeq: 1 }],
    lastSeq: 1,
    lastActivityAt: '2026-11-21T12:00:00.000Z',
    lastMessage: null,
    readUpToSeq: 1,
    unreadCount: 0,
    draft: null,
    ownViewVersion: 0,
  } as unknown as ListedConversation;

  test('is not unread, no preview and has no tick', () => {
    const state = new ConversationState(listed, an);
    state.takeEvent(took(2));
    state.takeEvent(joined(3));
    expect(state.summary()).toMatchObject({ unreadCount: 1, lastMessage: { seq: 2 } });
    const own = new ConversationState(listed, binh);
    own.takeEvent(joined(2));
    own.takeRead(an, 2);
    expect(own.messages()).toMatchObject([{ seq: 2, isOwn: false, status: 'received' }]);
  });

  test('takes no draft’s place', () => {
    const draft = { text: 'đang gõ', savedAtSeq: 1 };
    const state = new ConversationState({ ...listed, draft } as unknown as ListedConversation, binh);
    state.takeEvent(joined(2));
    expect(state.summary().draft).toEqual(draft);
  });
});
