import type { MessageView } from '@parley/contracts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Applied, ConversationView, VIEW_MESSAGE_COUNT_MAX } from './conversation-view.ts';
import { withChange } from './message-change.ts';
import type { NumberedEvent } from './numbered-event.ts';

const hanoi = 'cnv_01h455vb4pex5vsknk084sn02q';

/** What the view reads of a message is its number; the rest is here for the eye. */
const message = (seq: number, changedSeq = seq) =>
  ({
    conversationId: hanoi,
    messageId: `msg_${seq}`,
    seq,
    content: { type: 'text', text: `message ${seq}` },
    changedSeq,
  }) as MessageView;
const said = (seq: number): NumberedEvent => ({ kind: 'message', seq, message: message(seq) });
const left = (seq: number): NumberedEvent => ({ kind: 'left', seq, left: { seq } as never });
const edited = (messageSeq: number, seq: number): NumberedEvent => {
  const { messageId } = message(messageSeq);
  const content = { type: 'text', text: `edit ${seq}` };
  return {
    kind: 'changed',
    seq,
    change: { type: 'edited', event: { messageId, messageSeq, seq, content } as never },
  };
};
const previews = (view: ConversationView) => view.messages.map(({ replyTo }) => replyTo?.preview?.text);
const seqs = (view: ConversationView) => view.messages.map(({ seq }) => seq);

describe('a view of a conversation', () => {
  test('takes events in their order', () => {
    const view = new ConversationView(0);
    for (const seq of [1, 2, 3]) view.apply(said(seq));
    expect(seqs(view)).toEqual([1, 2, 3]);
    expect(view.isIncomplete).toBe(false);
  });

  test('drops what it has already', () => {
    const view = new ConversationView(4);
    expect(view.apply(said(4)).events).toEqual([]);
    view.apply(said(5));
    expect(view.apply(said(5)).events).toEqual([]);
    expect(seqs(view)).toEqual([5]);
  });

  test('holds an event above a hole until the hole is filled', () => {
    const view = new ConversationView(0);
    view.apply(said(1));
    expect(view.apply(said(3)).events).toEqual([]);
    expect([seqs(view), view.isIncomplete]).toEqual([[1], true]);

    const { events, membersMissed } = view.complete({ messages: [message(2)], upToSeq: 2, changed: [] }, 1);
    expect(events.map(({ seq }) => seq)).toEqual([2, 3]);
    expect([seqs(view), view.isIncomplete, membersMissed]).toEqual([[1, 2, 3], false, false]);
  });

  test('no answer quotes what the person has deleted for themselves, whenever it comes', () => {
    const quote = {
      messageId: 'msg_1',
      seq: 1,
      senderId: 'usr_an',
      preview: { type: 'text', text: 'bí mật' },
    };
    const answer = (seq: number) => ({ ...message(seq), replyTo: quote }) as MessageView;
    const view = new ConversationView(0);
    view.apply(said(1));
    view.apply({ kind: 'message', seq: 2, message: answer(2) });
    expect(previews(view)).toEqual([undefined, 'bí mật']);

    expect(view.hide('msg_1')).toBe(true);
    expect([seqs(view), previews(view)]).toEqual([[2], [undefined]]);
    view.apply({ kind: 'message', seq: 3, message: answer(3) });
    const changed = { ...answer(2), changedSeq: 4 };
    view.complete({ messages: [answer(5)], changed: [changed], upToSeq: 5 }, 3);
    expect([seqs(view), previews(view)]).toEqual([
      [2, 3, 5],
      [undefined, undefined, undefined],
    ]);
    view.startFrom([answer(2), answer(3)], true);
    expect(previews(view).filter((text) => text !== undefined)).toEqual([]);
  });

  test('a change of members counts in the order as a message does', () => {
    const view = new ConversationView(0);
    view.apply(said(1));
    view.apply(left(2));
    view.apply(said(3));
    expect([seqs(view), view.cursor, view.isIncomplete]).toEqual([[1, 3], 3, false]);
  });

  test('says when an answer passes numbers that were no messages', () => {
    const view = new ConversationView(0);
    expect(
      view.complete({ messages: [message(1), message(3)], upToSeq: 3, changed: [] }, 0).membersMissed,
    ).toBe(true);
  });

  test('a change of members that was held explains its number', () => {
    const view = new ConversationView(0);
    view.apply(left(2));
    const { events, membersMissed } = view.complete(
      { messages: [message(1), message(3)], upToSeq: 3, changed: [] },
      0,
    );
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(membersMissed).toBe(false);
  });

  test('knows of a hole above which nothing is held', () => {
    const view = new ConversationView(2);
    view.expect(5);
    expect(view.isIncomplete).toBe(true);
    view.complete({ messages: [message(3), message(4), message(5)], upToSeq: 5, changed: [] }, 2);
    expect(view.isIncomplete).toBe(false);
  });

  test('steps back to the end of a page that lags behind, and keeps what it had', () => {
    const view = new ConversationView(5);
    view.apply(said(6));
    view.startFrom([message(2), message(3)], false);
    expect([seqs(view), view.cursor, view.floor, view.isIncomplete]).toEqual([[2, 3], 3, 2, true]);

    view.complete({ messages: [message(4), message(5)], upToSeq: 5, changed: [] }, 3);
    expect([seqs(view), view.isIncomplete]).toEqual([[2, 3, 4, 5, 6], false]);
  });

  test('an answer from before it started over does not hide the part between', () => {
    const view = new ConversationView(5);
    view.startFrom([message(2)], true);
    view.complete({ messages: [message(6)], upToSeq: 6, changed: [] }, 5);
    expect([seqs(view), view.cursor]).toEqual([[2], 2]);
  });

  test('older pages go in front, and the first one is the start', () => {
    const view = new ConversationView(10);
    view.startFrom([message(9), message(10)], false);
    view.addOlder([message(7), message(8)], false);
    expect([seqs(view), view.floor]).toEqual([[7, 8, 9, 10], 7]);
    view.addOlder([message(3)], true);
    expect(view.floor).toBe(1);
  });

  test('an older page that lags behind a sync is brought up to what that has told', () => {
    const view = new ConversationView(10);
    view.complete({ messages: [], changed: [message(8, 11)], upToSeq: 11 }, 10);
    view.addOlder([message(8), message(9)], false);
    expect(view.messages.map(({ changedSeq }) => changedSeq)).toEqual([11, 9]);
  });

  test('I24: keeps no more messages than its bound', () => {
    const view = new ConversationView(0);
    const count = VIEW_MESSAGE_COUNT_MAX + 10;
    for (let seq = 1; seq <= count; seq += 1) view.apply(said(seq));
    expect(view.messages.length).toBeLessThanOrEqual(VIEW_MESSAGE_COUNT_MAX);
    expect(seqs(view).at(-1)).toBe(count);
    expect(view.floor).toBe(seqs(view)[0]);
  });
});

/** One thing that happens to a view; the numbers are places in the log or in what is on its way. */
type Step =
  | { readonly do: 'deliver'; readonly at: number }
  | { readonly do: 'ask'; readonly head: number; readonly limit: number }
  | { readonly do: 'answer'; readonly at: number }
  | { readonly do: 'open'; readonly head: number; readonly limit: number }
  | { readonly do: 'older'; readonly head: number; readonly limit: number };

const place = fc.nat(60);
const limit = fc.integer({ min: 1, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('deliver' as const), at: place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ask' as const), head: place, limit }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('answer' as const), at: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('open' as const), head: place, limit }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('older' as const), head: place, limit }) },
);

type Log = readonly NumberedEvent[];

/** The messages as they are after these events. */
const messagesOf = (log: Log) => {
  const messages = log.flatMap((event) => (event.kind === 'message' ? [event.message] : []));
  const changes = log.flatMap((event) => (event.kind === 'changed' ? [event.change] : []));
  return messages.map((one) => changes.reduce(withChange, one));
};

/** What a server answers to a cursor: at most `size` places of the log, and how far they are all. */
function answerFrom(log: Log, after: number, size: number) {
  const placeOf = (one: MessageView) => (one.seq > after ? one.seq : one.changedSeq);
  const found = messagesOf(log).filter(({ changedSeq }) => changedSeq > after);
  const page = found.toSorted((one, other) => placeOf(one) - placeOf(other)).slice(0, size);
  const hasMore = page.length === size;
  const last = page.at(-1);
  const upToSeq = hasMore && last ? placeOf(last) : Math.max(after, log.length);
  const messages = page.filter(({ seq }) => seq > after);
  const changed = page.filter(({ seq }) => seq <= after);
  return { messages, changed, upToSeq, hasMore };
}

/** A device and what is on its way to it. */
class Device {
  readonly view: ConversationView;
  readonly #log: Log;
  readonly #answers: { readonly from: number; readonly answer: ReturnType<typeof answerFrom> }[] = [];
  /** How far the tables are that answers are read from: never back. */
  #head = 0;

  constructor(log: Log, cursor: number) {
    this.#log = log;
    this.view = new ConversationView(cursor);
  }

  take(one: Step): Applied | undefined {
    const { view } = this;
    if (one.do === 'deliver') {
      const event = this.#log[one.at % this.#log.length];
      return event && view.apply(event);
    }
    if (one.do === 'ask') {
      const stored = this.#stored(Math.max(view.cursor, one.head));
      this.#answers.push({ from: view.cursor, answer: answerFrom(stored, view.cursor, one.limit) });
      return undefined;
    }
    if (one.do === 'answer') {
      const [late] = this.#answers.splice(one.at % Math.max(1, this.#answers.length), 1);
      return late && view.complete(late.answer, late.from);
    }
    const isOpening = one.do === 'open';
    const stored = messagesOf(this.#stored(one.head)).filter(({ seq }) => isOpening || seq < view.floor);
    const page = stored.slice(-one.limit);
    const isStart = stored.length <= one.limit;
    if (isOpening) return view.startFrom(page, isStart);
    if (this.#head >= view.floor - 1) view.addOlder(page, isStart);
    return undefined;
  }

  /** Asks until there is no more. */
  catchUp(): readonly Applied[] {
    const applied: Applied[] = [];
    for (let hasMore = true; hasMore;) {
      const from = this.view.cursor;
      const answer = answerFrom(this.#log, from, 3);
      hasMore = answer.hasMore;
      applied.push(this.view.complete(answer, from));
    }
    return applied;
  }

  #stored(atLeast: number): Log {
    this.#head = Math.max(this.#head, atLeast);
    return this.#log.slice(0, this.#head);
  }
}

/** A log of messages, edits of any of those before, and changes of members. */
const logs: fc.Arbitrary<Log> = fc
  .array(fc.record({ kind: fc.nat(3), of: fc.nat() }), { minLength: 1, maxLength: 60 })
  .map((kinds) => {
    const sent: number[] = [];
    return kinds.map(({ kind, of }, index) => {
      const seq = index + 1;
      const target = sent[of % Math.max(1, sent.length)];
      if (kind === 0) return left(seq);
      if (kind === 1 && target !== undefined) return edited(target, seq);
      sent.push(seq);
      return said(seq);
    });
  });

test('whatever is lost, doubled, late or out of order, the view ends as the log', () => {
  fc.assert(
    fc.property(logs, fc.nat(20), fc.array(step, { maxLength: 120 }), (log, base, steps) => {
      const device = new Device(log, Math.min(base, log.length));
      const { view } = device;
      const isHere = ({ seq }: { readonly seq: number }) => seq >= view.floor && seq <= view.cursor;
      const isWhole = () => expect(seqs(view)).toEqual(seqsOf(messagesOf(log).filter(isHere)));

      const applied = steps.map((one) => {
        const brought = device.take(one);
        isWhole();
        return brought;
      });
      applied.push(...device.catchUp());
      expect([view.cursor, view.isIncomplete]).toEqual([log.length, false]);
      expect(view.messages).toEqual(messagesOf(log).filter(isHere));

      // A view that starts over meets its messages again; one that does not tells of each message once.
      const news = applied.flatMap((one) => one?.events.filter(({ kind }) => kind === 'message') ?? []);
      const told = seqsOf(news);
      const inOrder = [...new Set(told)].toSorted((one, other) => one - other);
      const startsOver = steps.some((one) => one.do === 'open');
      expect(startsOver ? inOrder : told).toEqual(inOrder);
    }),
    { numRuns: 500 },
  );
});

function seqsOf(numbered: readonly { readonly seq: number }[]): readonly number[] {
  return numbered.map(({ seq }) => seq);
}
