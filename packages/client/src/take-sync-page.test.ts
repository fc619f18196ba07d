import {
  type ConversationView as ListedConversation,
  type MessageView,
  SNAPSHOT_MESSAGE_COUNT,
  type SyncPage,
} from '@parley/contracts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Conversation } from './conversation.ts';
import { ConversationState } from './conversation-state.ts';
import { withChange } from './message-change.ts';
import type { NumberedEvent } from './numbered-event.ts';
import { takeSyncPage } from './take-sync-page.ts';

/*
 * A log, a device that hears some stretches of it live and is cut off in between, and the pages that it is told then,
 * made of the log as the server makes them. Whatever the cuts, it shows the fold of the log.
 */

const conversationId = 'cnv_00000000000000000000000001';
const RUN_COUNT = 1_000;
const EVENT_COUNT_MAX = 60;

type Act = 'say' | 'edit' | 'delete' | 'like' | 'unlike' | 'pin' | 'join' | 'invite';
const anAct = fc.record({
  act: fc.constantFrom<Act>('say', 'say', 'say', 'edit', 'delete', 'like', 'unlike', 'pin', 'join', 'invite'),
  which: fc.nat(1_000),
});
const aRun = fc.record({
  acts: fc.array(anAct, { minLength: 1, maxLength: EVENT_COUNT_MAX }),
  /** Where the connection is cut and where it comes back, in turns. */
  cuts: fc.array(fc.nat(EVENT_COUNT_MAX), { maxLength: 6 }),
  pageSize: fc.integer({ min: 1, max: 8 }),
  startsOver: fc.boolean(),
});

function at(seq: number) {
  return new Date(Date.UTC(2026, 10, 21) + seq * 1_000).toISOString();
}

function said(seq: number, type: 'text' | 'system' = 'text'): MessageView {
  const content =
    type === 'text' ? { type, text: `${seq}` } : { type, template: 'member-joined', variables: {} };
  return {
    messageId: `msg_${seq}`,
    conversationId,
    seq,
    senderId: 'usr_binh',
    clientMessageId: `${seq}`,
    content,
    sentAt: at(seq),
    replyTo: null,
    forwardedFrom: null,
    mentions: [],
    isEdited: false,
    editedAt: null,
    deletedAt: null,
    deletedBy: null,
    reactions: [],
    isPinned: false,
    changedSeq: seq,
  } as unknown as MessageView;
}

/** The log's events by number, as they are told live; nothing where a number shows nothing. */
class Log {
  readonly events: NumberedEvent[] = [];
  readonly #states: ReadonlyMap<number, MessageView>[] = [new Map()];

  stateAt(seq: number): ReadonlyMap<number, MessageView> {
    return this.#states[seq] ?? new Map();
  }

  append({ act, which }: { readonly act: Act; readonly which: number }): void {
    const seq = this.events.length + 1;
    const before = this.stateAt(seq - 1);
    const texts = [...before.values()].filter(
      ({ content, deletedAt }) => content?.type === 'text' && !deletedAt,
    );
    const target = texts[which % Math.max(1, texts.length)];
    const event = this.#eventOf(act, seq, target);
    const after = new Map(before);
    if (event.kind === 'changed' && target) after.set(target.seq, withChange(target, event.change));
    const row = rowIn(event);
    if (row !== undefined) after.set(seq, row);
    this.events.push(event);
    this.#states.push(after);
  }

  #eventOf(act: Act, seq: number, target: MessageView | undefined): NumberedEvent {
    if (act === 'join') {
      const joined = {
        conversationId,
        seq,
        at: at(seq),
        members: [],
        addedBy: 'usr_an',
        systemMessage: said(seq, 'system'),
      };
      return { kind: 'joined', seq, joined } as unknown as NumberedEvent;
    }
    if (act === 'invite') {
      return {
        kind: 'updated',
        seq,
        updated: { conversationId, seq, at: at(seq), updatedBy: null },
      } as unknown as NumberedEvent;
    }
    if (act === 'say' || target === undefined) return { kind: 'message', seq, message: said(seq) };
    const about = { conversationId, messageId: target.messageId, messageSeq: target.seq, seq, at: at(seq) };
    const count = target.reactions[0]?.count ?? 0;
    const changes = {
      edit: {
        type: 'edited',
        event: { ...about, content: { type: 'text', text: `sửa ${seq}` }, editedAt: at(seq) },
      },
      delete: { type: 'deleted', event: { ...about, scope: 'everyone', deletedBy: 'usr_an' } },
      like: {
        type: 'reacted',
        isOwn: false,
        event: { ...about, emoji: '👍', action: 'added', count: count + 1 },
      },
      unlike: {
        type: 'reacted',
        isOwn: false,
        event: { ...about, emoji: '👍', action: 'removed', count: Math.max(0, count - 1) },
      },
      pin: {
        type: 'pinned',
        event: { ...about, isPinned: !target.isPinned, systemMessage: said(seq, 'system') },
      },
    };
    return { kind: 'changed', seq, change: changes[act] } as unknown as NumberedEvent;
  }

  /** What was missed after a number, up to the end, in pages of so many rows: as the server answers. */
  *pages(since: number, pageSize: number, isSnapshot: boolean): Generator<SyncPage> {
    const head = this.events.length;
    const now = [...this.stateAt(head).values()];
    if (isSnapshot) {
      const messages = now.slice(-SNAPSHOT_MESSAGE_COUNT);
      yield pageOf({ afterSeq: since, messages, changed: [], upToSeq: head, hasMore: false, isSnapshot });
      return;
    }
    const placed = now
      .map((view) => ({ view, place: view.seq > since ? view.seq : view.changedSeq }))
      .filter(({ place }) => place > since)
      .toSorted((one, other) => one.place - other.place);
    let rest = placed;
    let afterSeq = since;
    do {
      const lastPlace = rest[Math.min(pageSize, rest.length) - 1]?.place ?? head;
      const part = rest.filter(({ place }) => place <= lastPlace).map(({ view }) => view);
      rest = rest.filter(({ place }) => place > lastPlace);
      const hasMore = rest.length > 0;
      const upToSeq = hasMore ? lastPlace : head;
      const messages = part.filter(({ seq }) => seq > since);
      const changed = part.filter(({ seq }) => seq <= since);
      yield pageOf({ afterSeq, messages, changed, upToSeq, hasMore, isSnapshot: false });
      afterSeq = upToSeq;
    } while (rest.length > 0);
  }
}

function rowIn(event: NumberedEvent): MessageView | undefined {
  if (event.kind === 'message') return event.message;
  if (event.kind === 'joined') return event.joined.systemMessage;
  return event.kind === 'changed' && event.change.type === 'pinned'
    ? event.change.event.systemMessage
    : undefined;
}

function listedAt(lastSeq: number): ListedConversation {
  return {
    conversationId,
    kind: 'group',
    members: [{ userId: 'usr_an', joinedSeq: 1 }],
    memberCount: 2,
    lastSeq,
    lastMessage: null,
    readUpToSeq: 0,
    unreadCount: 0,
    draft: null,
    isArchived: false,
    isPinned: false,
    isMarkedUnread: false,
    mutedUntil: null,
    ownViewVersion: 0,
    settings: {},
  } as unknown as ListedConversation;
}

function pageOf(missed: Omit<SyncPage['messages'][number], 'conversationId'>): SyncPage {
  const empty = { removed: [], positions: [], hidden: [], settings: null, resyncRequired: null, token: 't' };
  const conversations = [listedAt(missed.upToSeq)];
  return {
    ...empty,
    conversations,
    hasMore: missed.hasMore,
    messages: [{ ...missed, conversationId }],
  } as unknown as SyncPage;
}

function sync(state: ConversationState, pages: Iterable<SyncPage>): void {
  const conversation = { state, isOpen: false, changed: () => undefined } as unknown as Conversation;
  for (const page of pages) {
    takeSyncPage(page, {
      get: () => conversation,
      take: () => conversation,
      touch: () => undefined,
      remove: () => undefined,
    });
  }
}

test('whatever is missed and wherever the line is cut, the device shows the fold of the log', () => {
  fc.assert(
    fc.property(aRun, ({ acts, cuts, pageSize, startsOver }) => {
      const log = new Log();
      const state = new ConversationState(listedAt(0), 'usr_an', 0);
      const turns = new Set(cuts);
      let isConnected = true;
      let cutAt = 0;
      const comeBack = () => {
        sync(state, log.pages(cutAt, pageSize, startsOver && log.events.length - cutAt > 10));
        // A snapshot beside what is here leaves a hole, which is asked for by its number.
        if (state.view.isIncomplete) sync(state, log.pages(state.view.cursor, pageSize, false));
        isConnected = true;
      };
      for (const [index, act] of acts.entries()) {
        if (turns.has(index)) {
          if (isConnected) cutAt = log.events.length;
          if (isConnected) isConnected = false;
          else comeBack();
        }
        log.append(act);
        const event = log.events.at(-1);
        if (isConnected && event) state.takeEvent(event);
      }
      if (!isConnected) comeBack();
      const head = log.events.length;
      const shown = [...log.stateAt(head).values()].filter(({ seq }) => seq >= state.view.floor);
      expect(state.view.messages).toEqual(shown);
      expect([state.view.cursor, state.view.isIncomplete]).toEqual([head, false]);
    }),
    { numRuns: RUN_COUNT },
  );
});

test.each([
  { missedCount: 500, shows: 'what it had, until the hole is filled', seqs: [1], isIncomplete: true },
  {
    missedCount: 1_500,
    shows: 'the newest, and starts over there',
    seqs: newest(1_501),
    isIncomplete: false,
  },
])(
  'after $missedCount messages and a snapshot a device shows $shows',
  ({ missedCount, seqs, isIncomplete }) => {
    const log = new Log();
    const state = new ConversationState(listedAt(0), 'usr_an', 0);
    log.append({ act: 'say', which: 0 });
    state.takeEvent({ kind: 'message', seq: 1, message: said(1) });
    for (let count = 0; count < missedCount; count += 1) log.append({ act: 'say', which: 0 });
    sync(state, log.pages(0, 1, true));
    expect(state.view.messages.map(({ seq }) => seq)).toEqual(seqs);
    expect(state.view.isIncomplete).toBe(isIncomplete);
  },
);

function newest(head: number): number[] {
  return Array.from(
    { length: SNAPSHOT_MESSAGE_COUNT },
    (_, index) => head - SNAPSHOT_MESSAGE_COUNT + index + 1,
  );
}
