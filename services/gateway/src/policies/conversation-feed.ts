import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import {
  applyMembership,
  type ConversationEvent,
  type ConversationId,
  evolveMembership,
  isMember,
  type Membership,
  type MessageEvent,
  type MessageView,
  noMembership,
  type PositionEvent,
  type RecordedEvent,
  type Tenant,
  type UserId,
} from '@parley/contracts';
import { type EventStore, startOfLog, type Tail } from '@parley/event-sourcing';
import { liveConversation, recordedEvent, signalIn } from '@parley/jetstream';

import type { ClientSession } from '../transport/client-session.ts';
import type { HiddenMessages } from './hidden-messages.ts';
import { type NumberedEvent, RecentNumbers } from './recent-numbers.ts';
import type { Flush } from './shared-flush.ts';

export type ConversationLog = ConversationEvent | MessageEvent | PositionEvent;

/** How many live events may wait while a hole is filled; beyond it the hole is filled up to the new tail. */
const WAITING_EVENT_COUNT_MAX = 10_000;
const RETRY_PAUSE_MS = 500;
/** A replica that lags behind its leader is asked again so often. */
const LAGGING_READ_COUNT_MAX = 20;
const LAGGING_READ_PAUSE_MS = 25;

export interface FeedPorts {
  readonly nc: NatsConnection;
  readonly flush: Flush;
  readonly store: EventStore<ConversationLog>;
  readonly tenant: Tenant;
  /** What its readers have deleted for themselves. */
  readonly hidden: Pick<HiddenMessages, 'isQuotedIn' | 'shownTo'>;
  /** Says an event to the members who listen here. Called in the order of the log. */
  readonly deliver: (event: RecordedEvent<ConversationLog>, feed: ConversationFeed) => void;
  /** Says what is not stored: live only, and not in any order with the events. */
  readonly signal: (signal: string, data: Uint8Array, feed: ConversationFeed) => void;
  readonly onFault: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
}

/**
 * One conversation as this gateway follows it: who is in, how far it has come, and who listens here.
 *
 * Live events may be lost on the way (they are not stored twice), so the numbers are what counts: an event is
 * passed on only when all before it have been, and a hole is filled from the log first.
 */
export class ConversationFeed {
  readonly conversationId: ConversationId;
  readonly listeners = new Map<UserId, Set<ClientSession>>();
  membership: Membership = noMembership;
  readonly #ports: FeedPorts;
  readonly #subject: string;
  readonly #waiting: RecordedEvent<ConversationLog>[] = [];
  readonly #recent = new RecentNumbers();
  #subscription: Subscription | undefined;
  #head: Tail = startOfLog;
  #catchingUp: Promise<void> | undefined;
  /** Something may have been missed since the last look at the tail. */
  #isStale = false;
  #isHeld = false;
  /** The highest position told of any lane, and what it was when the hold began. */
  #positionTold = 0;
  #heldFrom = 0;

  constructor(conversationId: ConversationId, ports: FeedPorts) {
    this.conversationId = conversationId;
    this.#ports = ports;
    this.#subject = liveConversation(ports.tenant, conversationId);
  }

  /** The last event that was passed on. */
  get head(): Tail {
    return this.#head;
  }

  /** Whether it passes nothing on now. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Subscribes first, then reads the log up to its tail, then goes on with what came meanwhile. */
  async open(): Promise<void> {
    const opening = this.#readFromStart();
    // Who waits for the end of this only wants to know that it has ended; whether it failed is the opener's to hear.
    this.#catchingUp = opening.catch(() => undefined);
    try {
      await opening;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#subscription?.unsubscribe();
  }

  /** Passes nothing on until the next {@link catchUp}: what comes meanwhile waits, or is read from the log then. */
  hold(): void {
    if (!this.#isHeld) this.#heldFrom = this.#positionTold;
    this.#isHeld = true;
  }

  /** Whether a message quotes something that a reader has deleted for themselves. */
  hidesQuote(message: MessageView, readerId: UserId): boolean {
    return this.#ports.hidden.isQuotedIn(message, readerId);
  }

  isMember(userId: UserId): boolean {
    return isMember(this.membership, userId);
  }

  attach(session: ClientSession): void {
    const sessions = this.listeners.get(session.identity.userId) ?? new Set();
    this.listeners.set(session.identity.userId, sessions.add(session));
    session.conversations.add(this.conversationId);
  }

  detach(session: ClientSession): void {
    session.conversations.delete(this.conversationId);
    const sessions = this.listeners.get(session.identity.userId);
    sessions?.delete(session);
    if (sessions?.size === 0) this.listeners.delete(session.identity.userId);
  }

  /** The messages after a number as a reader may see them; undefined where only the read model can tell. */
  messagesAfter(seq: number, readerId: UserId): readonly MessageView[] | undefined {
    if (seq >= this.#head.seq) return [];
    return this.#recent.messagesAfter(seq)?.map((view) => this.#ports.hidden.shownTo(readerId, view));
  }

  /** Fills whatever may have been missed up to this call: after the connection was away, say. */
  async catchUp(): Promise<void> {
    this.#isStale = true;
    while (this.#isStale && !this.#isHeld && this.#isOpen) {
      this.#catchingUp ??= this.#catchUpUntilDone();
      await this.#catchingUp;
    }
  }

  /** Ends a hold. The read positions of that time are told again: they have no numbers by which one would be missed. */
  async resume(): Promise<void> {
    this.#isHeld = false;
    await this.catchUp();
    const range = { after: this.#heldFrom, upTo: Number.MAX_SAFE_INTEGER };
    const reads = await this.#ports.store.readLane(this.conversationId, 'r.pos', range);
    for (const event of reads) this.#deliver(event);
  }

  get #isOpen(): boolean {
    return this.#subscription?.isClosed() === false;
  }

  async #readFromStart(): Promise<void> {
    const { nc, flush, store } = this.#ports;
    this.#subscription = nc.subscribe(this.#subject, {
      callback: (error, message) => {
        if (!error) this.#receive(message);
      },
    });
    await flush();
    const tail = await store.tail(this.conversationId);
    const control = await store.readLane(this.conversationId, 'c', { upTo: tail.position });
    for (const event of control) this.#applyMembership(event);
    this.#head = tail;
    this.#positionTold = tail.position;
    this.#catchingUp = undefined;
    this.#drain();
  }

  async #catchUpUntilDone(): Promise<void> {
    while (this.#isOpen && !this.#isHeld) {
      try {
        this.#isStale = false;
        await this.#fillToTail();
        break;
      } catch (error) {
        this.#isStale = true;
        this.#ports.onFault(error, { conversationId: this.conversationId });
        await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
      }
    }
    this.#catchingUp = undefined;
    this.#drain();
  }

  /** Nothing may be thrown here: the connection would stop reading. */
  #receive(message: Msg): void {
    let event: RecordedEvent<ConversationLog>;
    try {
      const signal = signalIn(message.subject, this.#subject);
      if (signal !== undefined) {
        if (!this.#isHeld) this.#ports.signal(signal, message.data, this);
        return;
      }
      event = recordedEvent(message.data, Number(message.headers?.get('Nats-Sequence') ?? 0));
    } catch (error) {
      this.#ports.onFault(error, { conversationId: this.conversationId });
      return;
    }
    this.#accept(event);
  }

  #accept(event: RecordedEvent<ConversationLog>): void {
    const isNumbered = Number.isSafeInteger(event.seq);
    // Read positions of a hold are told from the log when it ends.
    if (this.#isHeld && !isNumbered) return;
    if (this.#catchingUp || this.#isHeld) {
      // They wait as well while a hole is filled: in it may be the removal of somebody who listens here.
      if (this.#waiting.length < WAITING_EVENT_COUNT_MAX) this.#waiting.push(event);
      else this.#isStale = true;
    } else if (isNumbered) {
      this.#take(event as NumberedEvent);
    } else {
      this.#deliver(event);
    }
  }

  #take(event: NumberedEvent): void {
    const seq = event.seq ?? 0;
    if (seq <= this.#head.seq) return;
    if (seq > this.#head.seq + 1) void this.catchUp();
    else this.#pass(event);
  }

  #pass(event: NumberedEvent): void {
    const seq = event.seq ?? 0;
    this.#head = { position: event.position, seq };
    this.#recent.note(event, seq);
    // Who is in changes with the event itself, so it is told to those before and after, by its own rule.
    this.#deliver(event);
    this.#applyMembership(event);
  }

  #deliver(event: RecordedEvent<ConversationLog>): void {
    this.#positionTold = Math.max(this.#positionTold, event.position);
    try {
      this.#ports.deliver(event, this);
    } catch (error) {
      this.#ports.onFault(error, { conversationId: this.conversationId, position: event.position });
    }
  }

  #applyMembership(event: RecordedEvent<ConversationLog>): void {
    // A newer writer's event may be one that this gateway does not know yet; it has its number all the same.
    if (!Object.hasOwn(evolveMembership, event.type)) return;
    this.membership = applyMembership(this.membership, event as RecordedEvent<ConversationEvent>);
  }

  #drain(): void {
    if (this.#isHeld) return;
    for (const event of this.#waiting.splice(0)) this.#accept(event);
    if (this.#isStale) void this.catchUp();
  }

  async #fillToTail(): Promise<void> {
    const { store } = this.#ports;
    const tail = await store.tail(this.conversationId);
    if (tail.position <= this.#head.position) return;
    for (let attempt = 1; ; attempt += 1) {
      const range = { after: this.#head.position, upTo: tail.position };
      const lanes = await Promise.all(
        ['c', 'm'].map((lane) => store.readLane(this.conversationId, lane, range)),
      );
      // The hold came while this read: the log is read again when it ends.
      if (this.#isHeld) return;
      const missed = lanes.flat().toSorted((a, b) => a.position - b.position) as NumberedEvent[];
      const isWhole = missed.length === tail.seq - this.#head.seq;
      if (!isWhole && attempt < LAGGING_READ_COUNT_MAX) {
        // A replica may be behind the leader that told the tail.
        await new Promise((resolve) => setTimeout(resolve, LAGGING_READ_PAUSE_MS));
        continue;
      }
      for (const event of missed) this.#pass(event);
      // What was erased from the log comes no more: said, not passed over.
      if (!isWhole) this.#tellGap();
      return;
    }
  }

  #tellGap(): void {
    for (const sessions of this.listeners.values()) {
      for (const session of sessions) {
        session.emit('resync_required', { conversationId: this.conversationId, reason: 'GAP' });
      }
    }
  }
}
