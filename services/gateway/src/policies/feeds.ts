import type { ConversationId, UserId } from '@parley/contracts';

import { eachAtOnce } from '../each-at-once.ts';
import type { ClientSession } from '../transport/client-session.ts';
import { ConversationFeed, type FeedPorts } from './conversation-feed.ts';
import { sharedFlush } from './shared-flush.ts';

/** A feed without listeners is kept for a moment: most who go come back. */
const LINGER_MS = 30_000;
const SWEEP_EVERY_MS = 5_000;
/** How many conversations are caught up at a time after the broker was away. */
const CATCH_UP_AT_ONCE = 16;

interface Entry {
  readonly feed: ConversationFeed;
  readonly opened: Promise<void>;
  /** How many sockets are about to join: it is not closed under them. */
  joiningCount: number;
  idleSinceMs: number | undefined;
}

/** The conversations that somebody listens to here: one subscription each, however many sockets. */
export class Feeds {
  readonly #ports: FeedPorts;
  readonly #entries = new Map<ConversationId, Entry>();
  readonly #sweep: NodeJS.Timeout;
  #isHolding = false;
  #holdCount = 0;

  constructor(ports: Omit<FeedPorts, 'flush'>) {
    this.#ports = { ...ports, flush: sharedFlush(ports.nc) };
    this.#sweep = setInterval(() => this.#closeIdle(), SWEEP_EVERY_MS);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How often nothing was passed on; undefined while it is so. */
  get holdCount(): number | undefined {
    return this.#isHolding ? undefined : this.#holdCount;
  }

  find(conversationId: ConversationId): ConversationFeed | undefined {
    return this.#entries.get(conversationId)?.feed;
  }

  /**
   * Lets a socket listen to a conversation, if its person is in it at the tail of the log.
   * `atLeastSeq` is a number of the conversation that is known to be in its log: the person was let in by it.
   * @returns the feed, or undefined where the person is no member (or the conversation does not exist).
   */
  async join(
    session: ClientSession,
    conversationId: ConversationId,
    atLeastSeq = 0,
  ): Promise<ConversationFeed | undefined> {
    const entry = this.#entryOf(conversationId);
    const { feed } = entry;
    const { userId } = session.identity;
    entry.joiningCount += 1;
    try {
      await entry.opened;
      // The right may be newer than what the feed has passed on so far.
      if (!feed.isMember(userId) || feed.head.seq < atLeastSeq) await feed.catchUp();
      if (!feed.isMember(userId)) {
        if (feed.isHeld) throw new Error('whether somebody is in a conversation cannot be told now');
        return undefined;
      }
      if (session.socket.disconnected) return undefined;
      feed.attach(session);
      return feed;
    } finally {
      entry.joiningCount -= 1;
      if (!feed.isMember(userId) && feed.listeners.size === 0 && entry.joiningCount === 0) {
        // Nobody here may hear it: a stranger's guesses cost nothing that stays.
        this.#close(conversationId, entry);
      } else {
        this.#markIdle(entry);
      }
    }
  }

  leave(session: ClientSession, conversationId: ConversationId): void {
    const entry = this.#entries.get(conversationId);
    if (entry === undefined) return;
    entry.feed.detach(session);
    this.#markIdle(entry);
  }

  leaveAll(session: ClientSession): void {
    for (const conversationId of session.conversations) this.leave(session, conversationId);
  }

  /** Takes a person's sockets out of a conversation that they are no longer in. */
  evict(feed: ConversationFeed, userId: UserId): void {
    for (const session of feed.listeners.get(userId) ?? []) this.leave(session, feed.conversationId);
  }

  /** From here on nothing is passed on, until {@link resumeAll}. */
  holdAll(): void {
    this.#isHolding = true;
    this.#holdCount += 1;
    for (const { feed } of this.#entries.values()) feed.hold();
  }

  /** After the broker was away, live events may be missing: every feed looks at its tail. */
  async resumeAll(): Promise<void> {
    this.#isHolding = false;
    const feeds = [...this.#entries.values()].map(({ feed }) => feed);
    await eachAtOnce(feeds, CATCH_UP_AT_ONCE, (feed) =>
      feed.resume().catch((error: unknown) => this.#ports.onFault(error, {})),
    );
  }

  stop(): void {
    clearInterval(this.#sweep);
    for (const { feed } of this.#entries.values()) feed.close();
  }

  #entryOf(conversationId: ConversationId): Entry {
    const known = this.#entries.get(conversationId);
    if (known) return known;
    const feed = new ConversationFeed(conversationId, this.#ports);
    const opened = feed.open();
    if (this.#isHolding) feed.hold();
    const entry: Entry = { feed, opened, joiningCount: 0, idleSinceMs: undefined };
    this.#entries.set(conversationId, entry);
    opened.catch(() => this.#close(conversationId, entry));
    return entry;
  }

  #close(conversationId: ConversationId, entry: Entry): void {
    entry.feed.close();
    if (this.#entries.get(conversationId) === entry) this.#entries.delete(conversationId);
  }

  #markIdle(entry: Entry): void {
    if (entry.feed.listeners.size > 0) entry.idleSinceMs = undefined;
    else entry.idleSinceMs ??= performance.now();
  }

  #closeIdle(): void {
    const before = performance.now() - LINGER_MS;
    for (const [conversationId, entry] of this.#entries) {
      const { feed, joiningCount, idleSinceMs } = entry;
      if (idleSinceMs === undefined || idleSinceMs > before) continue;
      if (joiningCount === 0 && feed.listeners.size === 0) this.#close(conversationId, entry);
    }
  }
}
