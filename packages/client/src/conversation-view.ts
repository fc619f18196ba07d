import { isSystemMessage, type MessageView, type SyncedConversation } from '@parley/contracts';

import { type MessageChange, withChange } from './message-change.ts';
import { eventOfRow, type NumberedEvent, rowOfEvent } from './numbered-event.ts';

/** How many events may wait above a hole. More are dropped: the answer that fills the hole brings them too. */
export const HELD_EVENT_COUNT_MAX = 1_000;
/** How many messages one view keeps. The oldest go first, and can be loaded again. */
export const VIEW_MESSAGE_COUNT_MAX = 2_000;
/** How many changes are kept for pages that were read before the server's tables had them. */
const RECENT_CHANGE_COUNT_MAX = 200;

/** What a step brought into the view, in order. */
export interface Applied {
  readonly events: readonly NumberedEvent[];
  /** Numbers were passed of which only the server knows what they were: the members have to be read again. */
  readonly membersMissed: boolean;
}

const nothing: Applied = { events: [], membersMissed: false };

/**
 * One conversation as this device knows it: its messages in the one order that everybody sees, without a hole
 * and without a double, however the events come in. Pure: it holds what it is told and asks for nothing itself.
 *
 * Everything from `floor` up to `cursor` is here. The numbers are dense, so an event that is not the next one
 * shows that something is missing below it; it is held until the hole is filled.
 */
export class ConversationView {
  /** Ascending by seq, all within `floor` and `cursor`. */
  #messages: MessageView[] = [];
  readonly #held = new Map<number, NumberedEvent>();
  readonly #recentChanges: MessageChange[] = [];
  /** The same where a sync has told only what a message is now, by number; of messages that are not loaded. */
  readonly #recentRows = new Map<number, MessageView>();
  /** Deleted by the person for themselves: gone from here, whatever comes later. */
  readonly #hidden = new Set<string>();
  #floor: number;
  #cursor: number;
  /** The highest number that was ever heard of. */
  #highest: number;

  /** Knows nothing up to `cursor` and is to know everything after it. */
  constructor(cursor: number) {
    this.#cursor = cursor;
    this.#floor = cursor + 1;
    this.#highest = cursor;
  }

  /** Complete up to here: what a sync asks with. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Complete from here: what older pages end before. */
  get floor(): number {
    return this.#floor;
  }

  /** The timeline: what was said, and the lines that tell of what became of the conversation. */
  get messages(): readonly MessageView[] {
    return this.#messages;
  }

  /** The last thing that somebody said. */
  get lastSaid(): MessageView | undefined {
    return this.#messages.findLast((message) => !isSystemMessage(message));
  }

  /** Messages that are known but stand above a hole, in order. */
  get heldMessages(): readonly MessageView[] {
    return [...this.#held.values()]
      .flatMap((event) => (event.kind === 'message' ? [event.message] : []))
      .toSorted((one, other) => one.seq - other.seq);
  }

  /** Something newer came, but not all before it. */
  get isIncomplete(): boolean {
    return this.#highest > this.#cursor;
  }

  /** Something else told that the conversation has come this far. */
  expect(seq: number): void {
    this.#highest = Math.max(this.#highest, seq);
  }

  /** Takes in one live event, or the answer to an own send. */
  apply(event: NumberedEvent): Applied {
    if (event.seq <= this.#cursor) return nothing;
    this.expect(event.seq);
    if (event.seq > this.#cursor + 1) {
      if (this.#held.size < HELD_EVENT_COUNT_MAX) this.#held.set(event.seq, event);
      return nothing;
    }
    const events = [event, ...this.#takeHeldAfter(event.seq)];
    this.#append(events);
    return { events, membersMissed: false };
  }

  /**
   * Takes in what the server says is everything after `askedFrom` and up to `upToSeq`: what came since, and what was
   * changed since of what came before, as it is now.
   */
  complete(
    { messages, changed, upToSeq }: Pick<SyncedConversation, 'messages' | 'changed' | 'upToSeq'>,
    askedFrom: number,
  ): Applied {
    // An answer to a question from before the view started over says nothing about the part between.
    if (upToSeq <= this.#cursor || askedFrom > this.#cursor) return nothing;

    this.#replace([...changed, ...messages]);
    for (const message of changed) if (message.seq < this.#floor) this.#remember(message);
    const known = new Map(this.#held);
    for (const message of messages) {
      const event = eventOfRow(message);
      // An event that waits here says more than its line.
      if (event.kind === 'message' || !known.has(event.seq)) known.set(event.seq, event);
    }
    const filled = [...known.values()]
      .filter(({ seq }) => seq > this.#cursor && seq <= upToSeq)
      .toSorted((one, other) => one.seq - other.seq);
    // A line is for people: what it did to the members is read from the server.
    const explained = new Set([
      ...filled.filter(({ kind }) => kind !== 'system').map(({ seq }) => seq),
      ...changed.map(({ changedSeq }) => changedSeq),
    ]);
    const membersMissed = explained.size < upToSeq - this.#cursor;

    const events = [...filled, ...this.#takeHeldAfter(upToSeq)];
    this.#cursor = upToSeq;
    this.#append(events);
    this.#unquote([...changed, ...messages]);
    return { events, membersMissed };
  }

  /** A message that was read elsewhere, with what has been heard of it; nothing where the person has deleted it. */
  asItIs(message: MessageView): MessageView | undefined {
    const [shown] = this.#shown([this.#upToDate(message)]);
    return shown;
  }

  /** Takes a message out that the person has deleted for themselves, and its words where it is quoted. Whether it was here. */
  hide(messageId: string): boolean {
    this.#hidden.add(messageId);
    const concerns = (message: MessageView) =>
      message.messageId === messageId || message.replyTo?.messageId === messageId;
    const wasHere = this.#messages.some(concerns);
    if (wasHere) this.#messages = this.#shown(this.#messages);
    return wasHere;
  }

  /** Takes in the page right below `floor`. */
  addOlder(page: readonly MessageView[], isStart: boolean): void {
    const older = page.filter(({ seq }) => seq < this.#floor).map((message) => this.#upToDate(message));
    this.#messages = [...this.#shown(older), ...this.#messages];
    this.#floor = isStart ? 1 : (older[0]?.seq ?? this.#floor);
    this.#unquote([...this.#recentRows.values()]);
  }

  /**
   * Starts over from the newest page of the history. The page may end before `cursor`, when the history that is
   * read lags behind the log; then the cursor steps back to where the page ends, and a sync brings the rest. Where it
   * is told up to which number the page is complete, that counts: a change in it may be later.
   */
  startFrom(page: readonly MessageView[], isStart: boolean, upToSeq?: number): Applied {
    // Whoever has read a change has read everything before it.
    const last = upToSeq ?? Math.max(0, ...page.map(({ changedSeq }) => changedSeq));
    const lastOfPage = page.at(-1)?.seq ?? 0;
    const later = this.#messages.filter(({ seq }) => seq > lastOfPage);
    for (const message of later) {
      if (!this.#held.has(message.seq)) this.#held.set(message.seq, eventOfRow(message));
    }
    this.#messages = this.#shown(page);
    this.#floor = isStart ? 1 : (page[0]?.seq ?? this.#cursor + 1);
    this.#cursor = last;
    this.expect(last);
    const events = this.#takeHeldAfter(last);
    this.#append(events);
    return { events, membersMissed: false };
  }

  #append(events: readonly NumberedEvent[]): void {
    for (const event of events) {
      if (event.kind === 'changed') this.#change(event.change);
      const row = rowOfEvent(event);
      if (row !== undefined) this.#messages.push(...this.#shown([row]));
      this.#cursor = Math.max(this.#cursor, event.seq);
    }
    this.expect(this.#cursor);
    if (this.#messages.length <= VIEW_MESSAGE_COUNT_MAX) return;
    // A quarter at once, so that a full view does not copy itself with every message.
    this.#messages = this.#messages.slice(-Math.floor(VIEW_MESSAGE_COUNT_MAX * 0.75));
    this.#floor = this.#messages[0]?.seq ?? this.#floor;
  }

  #change(change: MessageChange): void {
    this.#recentChanges.push(change);
    if (this.#recentChanges.length > RECENT_CHANGE_COUNT_MAX) this.#recentChanges.shift();
    const message = this.#find(change.event.messageSeq);
    if (message !== undefined) this.#replace([withChange(message, change)]);
    const { messageId } = change.event;
    if (change.type === 'deleted' && this.#messages.some(({ replyTo }) => replyTo?.messageId === messageId)) {
      this.#messages = this.#messages.map((one) => withChange(one, change));
    }
  }

  /** Takes the words of deleted messages out of where they are quoted: an answer is not changed by that. */
  #unquote(newer: readonly MessageView[]): void {
    const gone = new Set(
      newer.filter(({ deletedAt }) => deletedAt !== null).map(({ messageId }) => messageId),
    );
    if (gone.size === 0 || !this.#messages.some((message) => quotesOneOf(gone, message))) return;
    this.#messages = this.#messages.map((message) => withoutQuoteOf(gone, message));
  }

  /** What the person has deleted for themselves is not shown, nor what an answer quotes of it. */
  #shown(messages: readonly MessageView[]): MessageView[] {
    if (this.#hidden.size === 0) return [...messages];
    return messages
      .filter(({ messageId }) => !this.#hidden.has(messageId))
      .map((message) => withoutQuoteOf(this.#hidden, message));
  }

  #remember(message: MessageView): void {
    this.#recentRows.delete(message.seq);
    this.#recentRows.set(message.seq, message);
    for (const oldest of this.#recentRows.keys()) {
      if (this.#recentRows.size <= RECENT_CHANGE_COUNT_MAX) break;
      this.#recentRows.delete(oldest);
    }
  }

  #upToDate(message: MessageView): MessageView {
    const changed = this.#recentChanges.reduce(withChange, message);
    const row = this.#recentRows.get(message.seq);
    return row !== undefined && row.changedSeq > changed.changedSeq ? row : changed;
  }

  /** Puts newer states of messages into their places, where they are here. */
  #replace(newer: readonly MessageView[]): void {
    const bySeq = new Map(newer.map((message) => [message.seq, message]));
    const isNews = [...bySeq.values()].some((message) => {
      const known = this.#find(message.seq);
      return known !== undefined && known.changedSeq < message.changedSeq;
    });
    if (!isNews) return;
    this.#messages = this.#messages.map((known) => {
      const message = bySeq.get(known.seq);
      return message !== undefined && message.changedSeq > known.changedSeq
        ? withoutQuoteOf(this.#hidden, message)
        : known;
    });
  }

  #find(seq: number): MessageView | undefined {
    const index = this.#messages.findLastIndex((message) => message.seq <= seq);
    const message = this.#messages[index];
    return message?.seq === seq ? message : undefined;
  }

  /** Takes the held events that follow on this number without a hole, and forgets the ones it has passed. */
  #takeHeldAfter(seq: number): NumberedEvent[] {
    const next: NumberedEvent[] = [];
    for (let event = this.#held.get(seq + 1); event !== undefined; event = this.#held.get(event.seq + 1)) {
      next.push(event);
    }
    const last = next.at(-1)?.seq ?? seq;
    for (const passed of [...this.#held.keys()].filter((number) => number <= last)) this.#held.delete(passed);
    return next;
  }
}

function quotesOneOf(messageIds: ReadonlySet<string>, { replyTo }: MessageView): boolean {
  return Boolean(replyTo?.preview) && messageIds.has(replyTo?.messageId ?? '');
}

function withoutQuoteOf(messageIds: ReadonlySet<string>, message: MessageView): MessageView {
  if (!quotesOneOf(messageIds, message)) return message;
  return { ...message, replyTo: message.replyTo && { ...message.replyTo, preview: null } };
}
