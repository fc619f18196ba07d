import {
  type ConversationView as ListedConversation,
  MISSED_ROW_COUNT_MAX,
  PAGE_SIZE_MAX,
  type SyncedByCursors,
  type SyncPage,
} from '@parley/contracts';

import { CatchUp } from './catch-up.ts';
import type { Connection } from './connection.ts';
import { Conversation, type ConversationHost } from './conversation.ts';
import { ConversationState } from './conversation-state.ts';
import type { ConversationSummary } from './conversation-summary.ts';
import type { Applied } from './conversation-view.ts';
import { DeliveryTeller } from './delivery-teller.ts';
import { hearLiveEvents } from './live-events.ts';
import type { NumberedEvent } from './numbered-event.ts';
import type { OutboxChange } from './outbox.ts';
import { SyncByToken, type SyncTokenStorage } from './sync-by-token.ts';
import { takeSyncPage } from './take-sync-page.ts';

/** How many conversations one device follows; the ones that were active last. */
export const CONVERSATION_COUNT_MAX = 5_000;

/** How much is asked for at once of what was missed: as much as the server answers at most. */
const SYNC_ROW_COUNT = MISSED_ROW_COUNT_MAX;

export type RegistryHost = Omit<ConversationHost, 'wantSync' | 'connection'> & {
  readonly connection: Connection;
  readonly myId: () => string;
  readonly onRemoved: (conversation: Conversation) => void;
  readonly syncTokenStorage?: SyncTokenStorage | undefined;
};

/** All conversations of one person, fed from the socket and brought up to date after every connect. */
export class ConversationRegistry {
  readonly #host: RegistryHost;
  readonly #conversationHost: ConversationHost;
  readonly #conversations = new Map<string, Conversation>();
  readonly #learning = new Map<string, Promise<Conversation | undefined>>();
  readonly #catchUp: CatchUp;
  readonly #deliveries: DeliveryTeller;
  readonly #sync: SyncByToken;
  /** Where the person's own log stood when it was asked for last. */
  #ownPosition: string | undefined;
  /** The list has been read once: what is not in it is news from then on. */
  #isLoaded = false;
  /** Something may have changed that the token does not stand for. */
  #isListDue = true;

  constructor(host: RegistryHost) {
    this.#host = host;
    this.#catchUp = new CatchUp({
      ask: async (cursors) => {
        const own = this.#ownPosition === undefined ? {} : { ownPosition: this.#ownPosition };
        // What is asked by cursors is answered by cursors.
        const answer = (await host.connection.request('sync_request', {
          cursors,
          ...own,
        })) as SyncedByCursors;
        this.#ownPosition = answer.ownPosition;
        return answer;
      },
      onHidden: (hidden) => this.#takeHidden(hidden),
      cursorOf: (conversationId) => this.#conversations.get(conversationId)?.state.view.cursor,
      take: (synced, askedFrom) => {
        const conversation = this.#conversations.get(synced.conversationId);
        if (conversation === undefined) return false;
        conversation.changed(conversation.state.takeSynced(synced, askedFrom));
        return conversation.state.view.isIncomplete;
      },
      onRemoved: (conversationId) => this.#remove(conversationId),
    });
    this.#sync = new SyncByToken({
      // What is asked by a token is answered by one.
      ask: async (token) =>
        (await host.connection.request('sync_request', { token, limit: SYNC_ROW_COUNT })) as SyncPage,
      take: (page) =>
        takeSyncPage(page, {
          get: (conversationId) => this.get(conversationId),
          take: (listed, startAt) => this.take(listed, startAt),
          touch: (conversationId, change) => this.#touch(conversationId, change),
          remove: (conversationId) => this.#remove(conversationId),
        }),
      storage: host.syncTokenStorage,
    });
    // Now and then the server says how far this connection has told everything.
    host.connection.on('sync_complete', ({ token }) => {
      if (token === undefined || this.#isListDue || !this.isUpToDate) return;
      if (this.#incomplete().length === 0) this.#sync.adopt(token);
    });
    this.#deliveries = new DeliveryTeller({
      send: (batch) => host.connection.request('read_receipts_batch', batch),
      isToldRead: (conversationId, seq) => this.get(conversationId)?.reading.isTold(seq) === true,
    });
    this.#conversationHost = {
      ...host,
      onApplied: (conversation, applied) => {
        this.#haveArrived(conversation.conversationId, applied);
        host.onApplied(conversation, applied);
      },
      wantSync: (conversationId) => this.#catchUp.want([conversationId]),
    };
    hearLiveEvents(host.connection, {
      myId: host.myId,
      takeEvent: (conversationId, event) => this.#takeEvent(conversationId, event),
      touch: (conversationId, change) => this.#touch(conversationId, change),
      take: (listed) => this.take(listed),
      remove: (conversationId) => this.#remove(conversationId),
      resync: (conversationId) =>
        this.#catchUp.want(conversationId === undefined ? this.#conversations.keys() : [conversationId]),
    });
  }

  get(conversationId: string): Conversation | undefined {
    return this.#conversations.get(conversationId);
  }

  /** Pinned ones first, then the latest activity. */
  summaries(): readonly ConversationSummary[] {
    return [...this.#conversations.values()]
      .map(({ state }) => state.summary())
      .toSorted(
        (one, other) =>
          Number(other.isPinned) - Number(one.isPinned) ||
          other.lastActivityAt.localeCompare(one.lastActivityAt) ||
          other.conversationId.localeCompare(one.conversationId),
      );
  }

  /** Everything that was known is complete, and all that was read or has come is told. */
  get isUpToDate(): boolean {
    const isTelling = [...this.#conversations.values()].some(({ reading }) => reading.isTelling);
    return this.#sync.isIdle && this.#catchUp.isIdle && this.#deliveries.isIdle && !isTelling;
  }

  /**
   * The session is live: what was missed is asked for by the token, and only holes by their numbers. Without a token
   * that is good, all that is known is asked for by number, then what was joined meanwhile.
   */
  async connected(fresh: string): Promise<void> {
    this.#deliveries.open();
    for (const conversation of this.#conversations.values()) void conversation.reading.tell();
    const isByToken = await this.#sync
      .goOn(fresh)
      .finally(() => this.#catchUp.open())
      .catch((error: unknown) => {
        // What a token stands for is in the tables. While they are away the gateway may still know the last numbers.
        this.#catchUp.want(this.#conversations.keys());
        throw error;
      });
    if (!isByToken) this.#isListDue = true;
    if (!this.#isListDue) {
      this.#catchUp.want(this.#incomplete());
      return;
    }
    this.#catchUp.want(this.#conversations.keys());
    for (const conversation of this.#conversations.values()) {
      if (conversation.isOpen) conversation.loadReadPositions().catch(() => undefined);
    }
    await this.#loadList();
    this.#isLoaded = true;
    this.#isListDue = false;
    // The list may be older than the subscription, so even the ones that are new here are asked for.
    this.#catchUp.want(this.#conversations.keys());
  }

  disconnected(): void {
    this.#catchUp.close();
    this.#deliveries.close();
  }

  /** Adds it, or takes over what is newer. */
  take(listed: ListedConversation, startAt?: number): Conversation {
    const known = this.#conversations.get(listed.conversationId);
    if (known !== undefined) {
      known.state.takeListed(listed);
      known.changed();
      return known;
    }
    const state = new ConversationState(
      listed,
      this.#host.myId(),
      startAt ?? (this.#isLoaded ? 'news' : 'end'),
    );
    const conversation = new Conversation(this.#conversationHost, state);
    this.#conversations.set(listed.conversationId, conversation);
    for (const change of this.#host.outbox.changesIn(listed.conversationId)) {
      conversation.state.takeOutbox(change);
    }
    conversation.changed();
    const { lastMessage, readUpToSeq, conversationId } = listed;
    // The list brings the newest message along. What was read before has been told of before.
    if (lastMessage && lastMessage.senderId !== this.#host.myId() && lastMessage.seq > readUpToSeq) {
      this.#deliveries.arrived(conversationId, lastMessage.seq);
    }
    return conversation;
  }

  takeOutbox(change: OutboxChange): void {
    const conversation = this.#conversations.get(change.item.conversationId);
    conversation?.answered(conversation.state.takeOutbox(change));
    if (change.state === 'sent') conversation?.hasAnswered(change.sent.message.seq);
  }

  #incomplete(): string[] {
    const all = [...this.#conversations.values()];
    return all.filter(({ state }) => state.view.isIncomplete).map(({ conversationId }) => conversationId);
  }

  /** Archived ones are followed like the others: only a screen leaves them out. */
  async #loadList(): Promise<void> {
    for (const archived of [false, true]) await this.#loadPages(archived);
  }

  async #loadPages(archived: boolean): Promise<void> {
    let cursor: string | undefined;
    let count = 0;
    do {
      const { data, page } = await this.#host.api.call('listConversations', {
        query: { limit: PAGE_SIZE_MAX, archived, ...(cursor === undefined ? {} : { cursor }) },
      });
      for (const listed of data) {
        this.#host.people.learn(listed.members);
        this.take(listed);
      }
      count += data.length;
      cursor = page.hasMore ? (page.nextCursor ?? undefined) : undefined;
    } while (cursor !== undefined && count < CONVERSATION_COUNT_MAX);
  }

  /** What the person has deleted for themselves, on whichever device. */
  #takeHidden(hidden: readonly { readonly conversationId: string; readonly messageId: string }[]): void {
    for (const { conversationId, messageId } of hidden) {
      this.#touch(conversationId, (state) => state.hide(messageId));
    }
  }

  /** The sender of a message wants to know that it is here; of what was not sent by others nobody does. */
  #haveArrived(conversationId: string, { events }: Applied): void {
    const last = events.findLast(
      (event) => event.kind === 'message' && event.message.senderId !== this.#host.myId(),
    );
    if (last !== undefined) this.#deliveries.arrived(conversationId, last.seq);
  }

  #takeEvent(conversationId: string, event: NumberedEvent): void {
    const conversation = this.#conversations.get(conversationId);
    if (conversation !== undefined) {
      conversation.changed(conversation.state.takeEvent(event));
      return;
    }
    void this.learn(conversationId).then((learnt) => learnt?.changed(learnt.state.takeEvent(event)));
  }

  #touch(conversationId: string, change: (state: ConversationState) => boolean): void {
    const conversation = this.#conversations.get(conversationId);
    if (conversation !== undefined && change(conversation.state)) conversation.changed();
  }

  /** Asks for one that nobody has told of yet: an event came before the word that it exists. */
  learn(conversationId: string): Promise<Conversation | undefined> {
    const known = this.#conversations.get(conversationId);
    if (known !== undefined) return Promise.resolve(known);
    const learning = this.#learning.get(conversationId) ?? this.#ask(conversationId);
    this.#learning.set(conversationId, learning);
    return learning;
  }

  async #ask(conversationId: string): Promise<Conversation | undefined> {
    try {
      return this.take(await this.#host.api.call('getConversation', { params: { id: conversationId } }));
    } catch {
      return undefined;
    } finally {
      this.#learning.delete(conversationId);
    }
  }

  #remove(conversationId: string): void {
    const conversation = this.#conversations.get(conversationId);
    if (conversation === undefined) return;
    this.#conversations.delete(conversationId);
    this.#deliveries.forget(conversationId);
    conversation.removed();
    this.#host.onRemoved(conversation);
    this.#host.onChanged();
  }
}
