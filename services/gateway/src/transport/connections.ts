import {
  type ConversationId,
  type ConversationView,
  FRAME_BYTES_MAX,
  getConversation,
  type MembershipEvent,
  type OwnViewEvent,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { type EventStore, formatPosition } from '@parley/event-sourcing';
import type { Log } from '@parley/service-kit';

import { eachAtOnce } from '../each-at-once.ts';
import type { Feeds } from '../policies/feeds.ts';
import { KnownConversations } from '../policies/known-conversations.ts';
import type { PersonFeeds } from '../policies/person-feed.ts';
import type { Memberships } from '../queries/memberships.ts';
import type { QueryBus } from '../queries/query-bus.ts';
import type { ClientSession } from './client-session.ts';
import { encodeFrame } from './frames.ts';
import { syncAtHandshake } from './handshake-sync.ts';
import type { SyncByToken } from './sync-by-token.ts';

/** How far back a person's own log is looked through for conversations that the read model may not list yet. */
const OWN_LOG_WINDOW_MS = 10 * 60_000;
/** How many conversations one connecting socket joins at a time. */
export const JOIN_AT_ONCE = 16;
const VIEW_TRY_COUNT_MAX = 5;
const VIEW_RETRY_MS = 1_000;

/** The life of a connection: what it joins when it comes, what it is let into later, and what it leaves. */
export class Connections {
  readonly #feeds: Feeds;
  readonly #people: PersonFeeds;
  readonly #queries: QueryBus;
  readonly #memberships: Memberships;
  readonly #userLog: EventStore<MembershipEvent | OwnViewEvent>;
  readonly #sync: SyncByToken;
  readonly #log: Log;
  /** Kept by what the feeds of people hear. */
  readonly known = new KnownConversations((userId) => this.#conversationsOf(userId));

  constructor(parts: {
    readonly feeds: Feeds;
    readonly people: PersonFeeds;
    readonly queries: QueryBus;
    readonly memberships: Memberships;
    readonly userLog: EventStore<MembershipEvent | OwnViewEvent>;
    readonly sync: SyncByToken;
    readonly log: Log;
  }) {
    this.#feeds = parts.feeds;
    this.#people = parts.people;
    this.#queries = parts.queries;
    this.#memberships = parts.memberships;
    this.#userLog = parts.userLog;
    this.#sync = parts.sync;
    this.#log = parts.log;
  }

  /**
   * Lets a socket hear its person and all of its conversations, then says `connected`. What is granted while
   * this runs is heard through the person's log, which is subscribed to first. With a token live events wait until
   * {@link tellMissed}.
   * @throws where NATS cannot be asked.
   */
  async open(session: ClientSession, syncToken?: string): Promise<void> {
    // Before anything is listened to: what is stored from here on is heard, or told after this token.
    const now = await this.#sync.now(session.identity.userId);
    if (syncToken !== undefined) session.hold();
    await this.#people.join(session);
    const conversationIds = await this.known.of(session.identity.userId);
    await eachAtOnce(conversationIds, JOIN_AT_ONCE, async (conversationId) => {
      await this.#feeds.join(session, conversationId);
    });
    const { userId, deviceId, sessionId } = session.identity;
    const { perSecond, burst } = session.budget;
    session.emit('connected', {
      userId,
      deviceId,
      sessionId,
      serverTime: timestampOf(Date.now()),
      limits: { frameBytesMax: FRAME_BYTES_MAX, sendsPerSecond: perSecond, sendBurst: burst },
      syncToken: now,
    });
    if (syncToken === undefined) session.liveSinceMs = performance.now();
  }

  /** Tells what was missed since a token, page by page as its reader takes them, and then what waited for that. */
  async tellMissed(session: ClientSession, syncToken: string): Promise<void> {
    await syncAtHandshake(this.#sync, session, syncToken);
    session.liveSinceMs = performance.now();
  }

  close(session: ClientSession): void {
    this.#people.leave(session);
    this.#feeds.leaveAll(session);
  }

  /**
   * A conversation has let this person in, by the event with this number: the socket hears it from here on, and is
   * shown it. A socket that cannot be let in now is closed with a word, never left without the conversation.
   */
  async welcome(
    session: ClientSession,
    { conversationId, conversationSeq }: { conversationId: ConversationId; conversationSeq: number },
  ): Promise<void> {
    // Listening is only believed from that number on: before it may be a removal that was not passed on yet.
    const known = this.#feeds.find(conversationId);
    if (session.conversations.has(conversationId) && known && known.head.seq >= conversationSeq) return;
    const feed = await this.#feeds.join(session, conversationId, conversationSeq).catch((error: unknown) => {
      this.#log.error({ err: error, conversationId }, 'a socket could not be let into a conversation');
      session.close('resync_required', { reason: 'GAP' });
    });
    if (feed === undefined) return;
    const conversation = await this.#viewOf(session, conversationId, feed.head.position);
    if (conversation) session.push(encodeFrame('new_conversation', { conversation }));
  }

  async #viewOf(
    session: ClientSession,
    conversationId: ConversationId,
    position: number,
  ): Promise<ConversationView | undefined> {
    const { userId, sessionId } = session.identity;
    const asking = {
      actorId: userId,
      minPosition: formatPosition('conv', position),
      correlationId: sessionId,
    };
    for (let attempt = 1; attempt <= VIEW_TRY_COUNT_MAX; attempt += 1) {
      const outcome = await this.#queries.ask(getConversation, { userId, conversationId }, asking);
      if (outcome.kind === 'ok') return outcome.answer;
      if (outcome.kind === 'refused') return undefined;
      await new Promise((resolve) => setTimeout(resolve, VIEW_RETRY_MS));
    }
    this.#log.warn(
      { conversationId },
      'a new conversation could not be shown; the client finds it when it lists',
    );
    return undefined;
  }

  /**
   * The read model has the list; where it lags behind, the person's own log has what is newer. With the read model away
   * the log alone says it: a longer way, and the reason why chatting goes on without Postgres. Each right is checked on
   * joining.
   */
  async #conversationsOf(userId: UserId): Promise<ReadonlySet<ConversationId>> {
    const listed = await this.#memberships.listOf(userId);
    if (listed?.isCurrent) return listed.conversationIds;
    const since = listed && new Date(Date.now() - OWN_LOG_WINDOW_MS);
    const range = { upTo: Number.MAX_SAFE_INTEGER, ...(since && { since }) };
    const found = new Set(listed?.conversationIds);
    for (const { type, data } of await this.#userLog.readLane(userId, 'v.conv', range)) {
      if (type === 'conversation.membership-granted') found.add(data.conversationId);
      // The list has it already; and its reader may have been let in again since.
      if (type === 'conversation.membership-ended' && !listed) found.delete(data.conversationId);
    }
    return found;
  }
}
