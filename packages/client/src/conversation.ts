import { PAGE_SIZE_MAX, type Role } from '@parley/contracts';

import { mayRetry, retryAfterMsOf } from './api-error.ts';
import { act } from './act.ts';
import type { Api } from './api.ts';
import { retryDelayMs, sleep } from './backoff.ts';
import type { ChatMessage, MessageStatus } from './chat-message.ts';
import type { AckOf, Connection } from './connection.ts';
import type { ConversationState, ConversationSummary } from './conversation-state.ts';
import type { Applied } from './conversation-view.ts';
import { Group } from './group.ts';
import { peopleIn } from './numbered-event.ts';
import type { Outbox } from './outbox.ts';
import type { People } from './people.ts';
import { Store } from './store.ts';

export const HISTORY_PAGE_SIZE = 50;
/** How often a read model that lags behind is asked again. */
const REFRESH_COUNT_MAX = 8;
const HOLE_GRACE_MS = 1_000;

/** What a conversation stands on. */
export interface ConversationHost {
  /** Takes what is there: what is missing comes live. */
  readonly api: Api;
  /** Its answers include what was written through it. */
  readonly strict: Api;
  readonly connection: Pick<Connection, 'request' | 'state'>;
  readonly outbox: Outbox;
  readonly people: People;
  /** There is a hole: bring it up to date. */
  readonly wantSync: (conversationId: string) => void;
  readonly onApplied: (conversation: Conversation, applied: Applied) => void;
  readonly onChanged: () => void;
}

export interface ConversationSnapshot extends ConversationSummary {
  readonly messages: readonly ChatMessage[];
  /** There is more history than is loaded. */
  readonly hasOlder: boolean;
  readonly isOpen: boolean;
  /** The person is not in it any more. */
  readonly isRemoved: boolean;
  /** How far each person has read. */
  readonly readPositions: ReadonlyMap<string, number>;
  /** How far it has come to each person's devices. */
  readonly deliveredPositions: ReadonlyMap<string, number>;
  /** Who is in it, once it is open. */
  readonly members: ReadonlyMap<string, Role> | undefined;
}

/** One conversation: look at it with `subscribe` and `getSnapshot`, act with the rest. */
export class Conversation {
  readonly conversationId: string;
  readonly #host: ConversationHost;
  readonly #state: ConversationState;
  readonly #store: Store<ConversationSnapshot>;
  #isOpen = false;
  #isRemoved = false;
  #isRefreshing = false;
  #readWanted = 0;
  #readSent = 0;
  #isTellingRead = false;

  constructor(host: ConversationHost, state: ConversationState) {
    this.conversationId = state.listed.conversationId;
    this.#host = host;
    this.#state = state;
    this.#store = new Store(() => this.#snapshot());
    host.people.learn(state.listed.members);
  }

  get subscribe(): (listener: () => void) => () => void {
    return this.#store.subscribe;
  }

  get getSnapshot(): () => ConversationSnapshot {
    return this.#store.getSnapshot;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** What its admins and owners do. */
  get group(): Group {
    return new Group(this.#host.strict, this.conversationId);
  }

  /** The inside, for the parts of the client that feed it. */
  get state(): ConversationState {
    return this.#state;
  }

  /** Loads the newest page, how far everybody has read, and who is here. Live events come without it. */
  async open(): Promise<void> {
    await Promise.all([this.#loadNewest(), this.loadReadPositions(), this.loadMembers()]);
    this.#isOpen = true;
    this.changed();
  }

  /** Says it. Returns the message at once; its status moves as the server answers, however long that takes. */
  send(text: string): ChatMessage {
    const { clientMessageId } = this.#host.outbox.add(this.conversationId, text);
    return this.#required(clientMessageId);
  }

  /** Where a message stands now. */
  statusOf(key: string): MessageStatus | undefined {
    return this.#store.getSnapshot().messages.find((message) => message.key === key)?.status;
  }

  /** Whether there may be more. */
  async loadOlder(): Promise<boolean> {
    const { view } = this.#state;
    if (view.floor <= 1) return false;
    const before = view.floor;
    const { data, page } = await this.#host.api.call('listMessages', {
      params: { id: this.conversationId },
      query: { before, limit: HISTORY_PAGE_SIZE },
    });
    // Two calls at once bring the same page; it goes in once.
    if (view.floor === before) view.addOlder(data, !page.hasMore);
    this.#host.people.want(data.flatMap(peopleIn));
    this.changed();
    return view.floor > 1;
  }

  /** Marks as read up to the newest message, or up to this number. Told to the server now or when it is back. */
  markRead(upToSeq = this.#state.view.lastSaid?.seq ?? this.#state.listed.lastMessage?.seq ?? 0): void {
    const wasMarked = this.#state.kept.read();
    if (upToSeq <= this.#state.readUpToSeq) {
      if (wasMarked) this.#unmark();
      return;
    }
    this.#state.takeRead(this.#state.myId, upToSeq);
    this.#readWanted = Math.max(this.#readWanted, upToSeq);
    this.changed();
    void this.tellRead();
  }

  /** Says something else in an own message. Everybody sees it when it comes back, as they see everything else. */
  edit(messageId: string, content: string): Promise<AckOf<'edit_message'>> {
    const { conversationId } = this;
    return act((idempotencyKey) =>
      this.#host.connection.request('edit_message', { conversationId, messageId, content, idempotencyKey }),
    );
  }

  /** Deletes it for oneself, on all own devices. */
  hide(messageId: string): Promise<AckOf<'delete_message'>> {
    const { conversationId } = this;
    return act(() =>
      this.#host.connection.request('delete_message', { conversationId, messageId, scope: 'me' }),
    );
  }

  /** Deletes it for everyone. */
  delete(messageId: string): Promise<AckOf<'delete_message'>> {
    const { conversationId } = this;
    return act((idempotencyKey) =>
      this.#host.connection.request('delete_message', { conversationId, messageId, idempotencyKey }),
    );
  }

  /** There was nothing new to read, so nothing else says that the person has been here. */
  #unmark(): void {
    this.changed();
    this.#host.api.call('unmarkUnread', { params: { id: this.conversationId } }).catch(() => undefined);
  }

  /** Puts an emoji on a message; the same one again takes it away. */
  react(messageId: string, emoji: string): Promise<AckOf<'react_to_message'>> {
    const { conversationId } = this;
    return act((idempotencyKey) =>
      this.#host.connection.request('react_to_message', { conversationId, messageId, emoji, idempotencyKey }),
    );
  }

  async pin(messageId: string): Promise<void> {
    const query = { conversationId: this.conversationId };
    await act(() => this.#host.api.call('pinMessage', { params: { id: messageId }, query }));
  }

  async unpin(messageId: string): Promise<void> {
    const query = { conversationId: this.conversationId };
    await act(() => this.#host.api.call('unpinMessage', { params: { id: messageId }, query }));
  }

  async addMembers(userIds: readonly string[]): Promise<void> {
    await this.#host.api.call('addMembers', {
      params: { id: this.conversationId },
      body: { userIds: [...userIds] },
    });
  }

  async removeMember(userId: string): Promise<void> {
    await this.#host.api.call('removeMember', { params: { id: this.conversationId, userId } });
  }

  async leave(): Promise<void> {
    await this.#host.api.call('leave', { params: { id: this.conversationId } });
  }

  async loadMembers(): Promise<void> {
    const members = new Map<string, Role>();
    let cursor: string | undefined;
    do {
      const { data, page } = await this.#host.api.call('listMembers', {
        params: { id: this.conversationId },
        query: { limit: PAGE_SIZE_MAX, ...(cursor === undefined ? {} : { cursor }) },
      });
      for (const { userId, role } of data) members.set(userId, role);
      this.#host.people.learn(data);
      cursor = page.hasMore ? (page.nextCursor ?? undefined) : undefined;
    } while (cursor !== undefined);
    this.#state.takeMembers(members);
    this.changed();
  }

  async loadReadPositions(): Promise<void> {
    const params = { id: this.conversationId };
    const { data, deliveries } = await this.#host.api.call('listReadPositions', { params });
    for (const { userId, upToSeq } of data) this.#state.takeRead(userId, upToSeq);
    for (const { userId, upToSeq } of deliveries) this.#state.takeDelivered(userId, upToSeq);
    this.changed();
  }

  /** Reads the conversation again until the answer knows what this device knows. */
  async refresh(): Promise<void> {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      for (let tries = 0; tries < REFRESH_COUNT_MAX; tries += 1) {
        const listed = await this.#host.api.call('getConversation', { params: { id: this.conversationId } });
        this.#host.people.learn(listed.members);
        this.#state.takeListed(listed);
        if (listed.lastSeq >= this.#state.view.cursor) break;
        await sleep(retryDelayMs(tries));
      }
      if (this.#isOpen) await this.loadMembers();
    } catch {
      // The next connection reads the whole list again.
    } finally {
      this.#isRefreshing = false;
      this.changed();
    }
  }

  get isTellingRead(): boolean {
    return this.#isTellingRead;
  }

  /** What was read by answering it is told to the others as any reading is, by the device that has answered. */
  hasAnswered(seq: number): void {
    if (this.#state.answeredAt !== seq) return;
    this.#readWanted = Math.max(this.#readWanted, seq);
    void this.tellRead();
  }

  /** Whether the server hears, or has heard, from this device that everything up to a number was read. */
  isToldRead(seq: number): boolean {
    return seq <= this.#readWanted;
  }

  /** Sends the read position that the server has not heard of; again after every connect. */
  async tellRead(): Promise<void> {
    if (this.#isTellingRead) return;
    this.#isTellingRead = true;
    for (let tries = 0; this.#readWanted > this.#readSent;) {
      // The next connection takes it up again.
      if (this.#host.connection.state !== 'connected') break;
      const upToSeq = this.#readWanted;
      try {
        await this.#host.connection.request('mark_as_read', { conversationId: this.conversationId, upToSeq });
        this.#readSent = upToSeq;
        tries = 0;
      } catch (error) {
        // What is refused for good is not worth a second word: the next message read says it all again.
        if (!mayRetry(error)) this.#readSent = upToSeq;
        else await sleep(Math.max(retryDelayMs(tries), retryAfterMsOf(error)));
        tries += 1;
      }
    }
    this.#isTellingRead = false;
  }

  removed(): void {
    this.#isRemoved = true;
    this.changed();
  }

  /**
   * The same for the answer to an own send, which may overtake the live events before it: only after a while is
   * that taken for a hole.
   */
  answered(applied: Applied): void {
    if (this.#state.view.isIncomplete) setTimeout(() => this.#fillHole(), HOLE_GRACE_MS);
    this.#tell(applied);
  }

  /** Tells whoever looks, and asks for what the change has shown to be missing. */
  changed(applied?: Applied): void {
    this.#fillHole();
    this.#tell(applied);
  }

  #fillHole(): void {
    if (this.#state.view.isIncomplete) this.#host.wantSync(this.conversationId);
  }

  #tell(applied: Applied | undefined): void {
    // First, so that whoever hears of a message finds it in the snapshot.
    this.#store.changed();
    this.#host.onChanged();
    if (applied?.membersMissed === true) void this.refresh();
    if (applied !== undefined) this.#host.onApplied(this, applied);
  }

  async #loadNewest(): Promise<void> {
    const { data, page } = await this.#host.api.call('listMessages', {
      params: { id: this.conversationId },
      query: { limit: HISTORY_PAGE_SIZE },
    });
    const applied = this.#state.takeNewest(data, !page.hasMore);
    this.#host.people.want(data.flatMap(peopleIn));
    this.changed(applied);
  }

  #required(clientMessageId: string): ChatMessage {
    const message = this.#store.getSnapshot().messages.findLast(({ key }) => key === clientMessageId);
    if (message === undefined) throw new Error('A message that was just added is not shown.');
    return message;
  }

  #snapshot(): ConversationSnapshot {
    return {
      ...this.#state.summary(),
      messages: this.#state.messages(),
      hasOlder: this.#state.view.floor > 1,
      isOpen: this.#isOpen,
      isRemoved: this.#isRemoved,
      readPositions: new Map(this.#state.readPositions),
      deliveredPositions: new Map(this.#state.deliveredPositions),
      members: this.#state.members,
    };
  }
}
