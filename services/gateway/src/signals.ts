import type { NatsConnection } from '@nats-io/transport-node';
import {
  type ConversationId,
  evolveMembership,
  getPresence,
  memberTyping,
  type RecordedEvent,
  type Tenant,
} from '@parley/contracts';
import type { EventStore } from '@parley/event-sourcing';

import { LeaseTeller } from './commands/lease-teller.ts';
import type { ConversationFeed, ConversationLog } from './policies/conversation-feed.ts';
import type { Feeds } from './policies/feeds.ts';
import { KnownBlocks } from './policies/known-blocks.ts';
import { LiveViews } from './policies/live-views.ts';
import { PeopleThere } from './policies/people-there.ts';
import { TellTyping } from './policies/tell-typing.policy.ts';
import { WatchedPeople } from './policies/watched-people.ts';
import type { QueryBus } from './queries/query-bus.ts';
import type { ClientSession } from './transport/client-session.ts';

export interface SignalParts {
  readonly nc: NatsConnection;
  readonly tenant: Tenant;
  readonly instance: string;
  readonly queries: QueryBus;
  readonly feeds: Feeds;
  readonly conversationLog: EventStore<ConversationLog>;
  /** Whether anything may be said to sockets now. */
  readonly isHearing: () => boolean;
  readonly onFault: (error: unknown) => void;
}

/** What is said live and never stored: who is there and who is writing, put together for one gateway. */
export class Signals {
  readonly typing: TellTyping;
  readonly watched: WatchedPeople;
  readonly leases: LeaseTeller;
  readonly #views = new LiveViews();
  readonly #there: PeopleThere;
  readonly #blocks: KnownBlocks;
  readonly #onFault: (error: unknown) => void;

  constructor(parts: SignalParts) {
    const { nc, tenant, instance, queries, feeds, conversationLog, isHearing, onFault } = parts;
    this.#onFault = onFault;
    this.typing = new TellTyping({ nc, tenant, feeds, views: this.#views });
    this.#there = new PeopleThere({
      nc,
      tenant,
      ask: (userIds) => queries.ask(getPresence, { userIds: [...userIds] }, { correlationId: 'watched' }),
      onChanged: (userIds) => this.watched.peopleChanged(userIds),
      onFault,
    });
    this.#blocks = new KnownBlocks({
      nc,
      tenant,
      feeds,
      store: conversationLog,
      onChanged: (one, other) => this.watched.blocksChanged(one, other),
      onFault,
    });
    const { blocks, there } = { blocks: this.#blocks, there: this.#there };
    this.watched = new WatchedPeople({ feeds, views: this.#views, blocks, there, isHearing, onFault });
    this.leases = new LeaseTeller({ queries, gateway: instance, onFailed: () => this.#there.refresh() });
    this.#watchConnection(nc).catch(onFault);
  }

  came(session: ClientSession): void {
    this.leases.came(session);
  }

  /** A socket hears one conversation more. Whom it has asked for before may be in it. */
  async letIn(session: ClientSession): Promise<void> {
    await this.watched.viewsChanged(session);
  }

  /** @param reason as Socket.IO has it */
  went(session: ClientSession, reason: string): void {
    this.leases.went(session, reason === 'transport close' || reason === 'client namespace disconnect');
    this.typing.left(session);
    this.watched.drop(session);
    this.#views.drop(session);
  }

  openView(session: ClientSession, conversationId: ConversationId): void {
    if (session.socket.disconnected) return;
    this.#views.open(session, conversationId);
    this.typing.showTo(session, conversationId);
    this.watched.viewsChanged(session).catch(this.#onFault);
  }

  closeView(session: ClientSession, conversationId: ConversationId): void {
    this.typing.stop(session, conversationId);
    this.#views.close(session, conversationId);
    this.watched.viewsChanged(session).catch(this.#onFault);
  }

  /** What another gateway, or this one, says to all of a conversation. */
  hear(signal: string, data: Uint8Array, feed: ConversationFeed): void {
    if (signal === memberTyping.type) this.typing.hear(data, feed);
  }

  /** An event is being delivered: what it ends is ended, without asking anybody. */
  delivered(event: RecordedEvent<ConversationLog>, feed: ConversationFeed): void {
    if (event.type === 'message.sent') {
      this.typing.ended({ conversationId: feed.conversationId, userId: event.actorId });
    } else if (Object.hasOwn(evolveMembership, event.type)) this.#membersChange(feed);
  }

  async stop(): Promise<void> {
    this.typing.close();
    this.#there.stop();
    this.#blocks.stop();
    await this.leases.stop();
  }

  /** Who listens now hears of it, also who is taken out by it; and all look when the feed has taken it in. */
  #membersChange(feed: ConversationFeed): void {
    const sessions = [...feed.listeners.values()].flatMap((own) => [...own]);
    setImmediate(() => {
      this.typing.membersChanged(feed);
      for (const session of sessions) this.watched.viewsChanged(session).catch(this.#onFault);
    });
  }

  async #watchConnection(nc: NatsConnection): Promise<void> {
    for await (const status of nc.status()) {
      if (status.type !== 'reconnect') continue;
      this.watched.lookAgain();
      this.#there.refresh();
    }
  }
}
