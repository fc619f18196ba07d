import type { NatsConnection } from '@nats-io/transport-node';
import {
  type ConversationId,
  memberTyping,
  refusalToSend,
  type ServerEventOf,
  type Tenant,
  type UserId,
} from '@parley/contracts';
import { conversationSignal } from '@parley/jetstream';

import type { ClientSession } from '../transport/client-session.ts';
import { encodeFrame } from '../transport/frames.ts';
import type { ConversationFeed } from './conversation-feed.ts';
import type { Feeds } from './feeds.ts';
import type { LiveViews } from './live-views.ts';
import { type Typing, TYPING_EVERY_MS, TYPING_MS, TypingTracker } from './typing-tracker.ts';

const LOOK_EVERY_MS = 1_000;

export interface TellTypingPorts {
  readonly nc: NatsConnection;
  readonly tenant: Tenant;
  readonly feeds: Pick<Feeds, 'find'>;
  readonly views: LiveViews;
}

/**
 * Whenever a member writes, the others who look at the conversation are told. A gateway says so to all gateways, and
 * each keeps for itself who is writing: what ends it (a message, going, silence) it sees without another word.
 */
export class TellTyping {
  readonly #ports: TellTypingPorts;
  readonly #tracker = new TypingTracker();
  /** When each person's writing was passed on last, by person and conversation. */
  readonly #passedOnAtMs = new Map<string, number>();
  /** Where each socket is writing: its going ends that. */
  readonly #bySession = new Map<ClientSession, Set<ConversationId>>();
  readonly #looking = setInterval(() => this.#look(), LOOK_EVERY_MS);

  constructor(ports: TellTypingPorts) {
    this.#ports = ports;
  }

  start(session: ClientSession, feed: ConversationFeed): void {
    const { userId } = session.identity;
    if (!maySay(feed, userId)) return;
    const nowMs = performance.now();
    const key = `${userId} ${feed.conversationId}`;
    if (nowMs - (this.#passedOnAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < TYPING_EVERY_MS) return;
    this.#passedOnAtMs.set(key, nowMs);
    const places = this.#bySession.get(session) ?? new Set();
    this.#bySession.set(session, places.add(feed.conversationId));
    this.#passOn(session, feed.conversationId, true);
  }

  stop(session: ClientSession, conversationId: ConversationId): void {
    if (this.#bySession.get(session)?.delete(conversationId) !== true) return;
    this.#passOn(session, conversationId, false);
  }

  /** A socket has closed. */
  left(session: ClientSession): void {
    for (const conversationId of this.#bySession.get(session) ?? []) {
      this.#passOn(session, conversationId, false);
    }
    this.#bySession.delete(session);
  }

  /** What a gateway says of a member. Members only, whoever says it. */
  hear(data: Uint8Array, feed: ConversationFeed): void {
    const said = memberTyping.data.safeParse(JSON.parse(new TextDecoder().decode(data)));
    if (!said.success || !feed.isMember(said.data.userId)) return;
    const { userId, deviceId, isTyping } = said.data;
    const typing = { conversationId: feed.conversationId, userId };
    if (isTyping) {
      if (this.#tracker.start(typing, deviceId, performance.now())) this.#say('user_typing', typing);
    } else if (this.#tracker.stop(typing, deviceId)) this.#say('user_stopped_typing', typing);
  }

  /** Who has sent has stopped, and so has who is no longer in it. Looks at memory only: it is asked of every message. */
  ended(typing: Typing): void {
    if (this.#tracker.end(typing)) this.#say('user_stopped_typing', typing);
  }

  /** Who is no longer in it writes nothing there. */
  membersChanged(feed: ConversationFeed): void {
    const { conversationId } = feed;
    for (const userId of this.#tracker.in(conversationId)) {
      if (!feed.isMember(userId)) this.ended({ conversationId, userId });
    }
  }

  /** Who is writing, to a socket that has just opened its live view. */
  showTo(session: ClientSession, conversationId: ConversationId): void {
    for (const userId of this.#tracker.in(conversationId)) {
      if (userId !== session.identity.userId) session.emit('user_typing', { conversationId, userId });
    }
  }

  close(): void {
    clearInterval(this.#looking);
  }

  #say(name: 'user_typing' | 'user_stopped_typing', typing: ServerEventOf<'user_typing'>): void {
    const { feeds, views } = this.#ports;
    const { conversationId, userId } = typing;
    const frame = encodeFrame(name, { conversationId, userId });
    for (const [listenerId, sessions] of feeds.find(conversationId)?.listeners ?? []) {
      if (listenerId === userId) continue;
      for (const session of sessions) if (views.isOpen(session, conversationId)) session.push(frame);
    }
  }

  #passOn({ identity }: ClientSession, conversationId: ConversationId, isTyping: boolean): void {
    const { nc, tenant } = this.#ports;
    if (nc.isClosed()) return;
    const { userId, deviceId } = identity;
    const subject = conversationSignal(tenant, conversationId, memberTyping.type);
    nc.publish(subject, JSON.stringify({ userId, deviceId, isTyping }));
  }

  #look(): void {
    const nowMs = performance.now();
    for (const typing of this.#tracker.expire(nowMs)) this.#say('user_stopped_typing', typing);
    for (const [key, atMs] of this.#passedOnAtMs) {
      if (nowMs - atMs > TYPING_MS) this.#passedOnAtMs.delete(key);
    }
  }
}

/** Where nobody would hear the message nobody hears of its writing; in a direct chat with a block neither of the two. */
function maySay({ membership }: ConversationFeed, userId: UserId): boolean {
  if (refusalToSend(membership, userId) !== undefined || membership.status === 'not-started') return false;
  return membership.kind !== 'direct' || membership.blockedIds.size === 0;
}
