import {
  type ConversationId,
  PRESENCE_PEOPLE_COUNT_MAX,
  type PresenceView,
  type UserId,
} from '@parley/contracts';

import { eachAtOnce } from '../each-at-once.ts';
import type { ClientSession } from '../transport/client-session.ts';
import { encodeFrame, type Frame } from '../transport/frames.ts';
import type { Feeds } from './feeds.ts';
import type { KnownBlocks } from './known-blocks.ts';
import type { LiveViews } from './live-views.ts';
import type { PeopleThere } from './people-there.ts';

/** How many blocks are looked up at a time. */
const LOOK_UP_AT_ONCE = 16;

/** One person as one socket watches them. */
interface Watched {
  /** A conversation that both were in when that was looked for last. */
  via: ConversationId | undefined;
  /** Whether one has blocked the other; undefined while that is being found out. */
  isApart: boolean | undefined;
  /** How often that was looked up: only the latest look counts. */
  lookCount: number;
  /** Whether it is found out if they are there: not of strangers, who could be anybody. */
  isFollowed: boolean;
  /** What the socket was told last. */
  told: PresenceView | undefined;
}

interface Watch {
  readonly subscribed: Set<UserId>;
  readonly people: Map<UserId, Watched>;
}

export interface WatchedPeoplePorts {
  readonly feeds: Pick<Feeds, 'find'>;
  readonly views: LiveViews;
  readonly blocks: Pick<KnownBlocks, 'areApart'>;
  readonly there: Pick<PeopleThere, 'get' | 'follow' | 'unfollow'>;
  /** Whether anything may be said to sockets now. */
  readonly isHearing: () => boolean;
  readonly onFault: (error: unknown) => void;
}

/**
 * Whom each socket watches: those it has named, and those in the conversations it looks at. Whether it may know is
 * looked at anew whenever something is to be told, so that who goes out of the last common conversation, or is blocked,
 * is told nothing from then on but that it is not known.
 */
export class WatchedPeople {
  readonly #ports: WatchedPeoplePorts;
  readonly #watches = new Map<ClientSession, Watch>();
  /** The sockets that watch somebody. */
  readonly #watchers = new Map<UserId, Set<ClientSession>>();
  #lastFrame: { readonly key: string; readonly frame: Frame } | undefined;

  constructor(ports: WatchedPeoplePorts) {
    this.#ports = ports;
  }

  /** Watches these instead of those named before; answers those of them who may be seen. */
  async subscribe(session: ClientSession, userIds: readonly UserId[]): Promise<PresenceView[]> {
    const watch = this.#watchOf(session);
    watch.subscribed.clear();
    for (const userId of userIds) if (userId !== session.identity.userId) watch.subscribed.add(userId);
    await this.#follow(session, watch);
    return [...watch.subscribed].flatMap((userId) => {
      const watched = watch.people.get(userId);
      if (watched === undefined || !this.#mayKnow(session, userId, watched)) return [];
      const view = this.#viewOf(userId);
      watched.told = view;
      return [view];
    });
  }

  /** The live views of a socket, or who is in them, are others than before: so is whom it watches. */
  async viewsChanged(session: ClientSession): Promise<void> {
    const isWatching = this.#watches.has(session) || this.#ports.views.of(session).size > 0;
    if (!isWatching || session.socket.disconnected) return;
    await this.#follow(session, this.#watchOf(session));
    this.#tell(session);
  }

  /** People are there otherwise than before. */
  peopleChanged(userIds: readonly UserId[]): void {
    const bySession = new Map<ClientSession, UserId[]>();
    for (const userId of userIds) {
      for (const session of this.#watchers.get(userId) ?? []) {
        const changed = bySession.get(session);
        if (changed) changed.push(userId);
        else bySession.set(session, [userId]);
      }
    }
    for (const [session, changed] of bySession) this.#tell(session, changed);
  }

  /** One of the two has blocked the other, or takes it back. */
  blocksChanged(one: UserId, other: UserId): void {
    for (const [watching, watched] of [
      [one, other],
      [other, one],
    ] as const) {
      for (const session of this.#watchers.get(watched) ?? []) {
        const entry = this.#watches.get(session)?.people.get(watched);
        if (entry === undefined || session.identity.userId !== watching) continue;
        entry.isApart = undefined;
        this.viewsChanged(session).catch(this.#ports.onFault);
      }
    }
  }

  /** The broker was away: blocks may have been missed. */
  lookAgain(): void {
    for (const [session, { people }] of this.#watches) {
      for (const watched of people.values()) watched.isApart = undefined;
      this.viewsChanged(session).catch(this.#ports.onFault);
    }
  }

  drop(session: ClientSession): void {
    const watch = this.#watches.get(session);
    if (watch === undefined) return;
    for (const userId of watch.people.keys()) this.#unwatch(session, userId, watch);
    this.#watches.delete(session);
  }

  #watchOf(session: ClientSession): Watch {
    const known = this.#watches.get(session);
    if (known) return known;
    const watch: Watch = { subscribed: new Set(), people: new Map() };
    this.#watches.set(session, watch);
    return watch;
  }

  async #follow(session: ClientSession, watch: Watch): Promise<void> {
    const { blocks, there } = this.#ports;
    const wanted = new Set([...watch.subscribed, ...this.#inViews(session)]);
    for (const userId of watch.people.keys()) {
      if (wanted.has(userId)) continue;
      this.#unwatch(session, userId, watch);
    }
    for (const userId of wanted) {
      if (watch.people.has(userId)) continue;
      watch.people.set(userId, {
        via: undefined,
        isApart: undefined,
        lookCount: 0,
        isFollowed: false,
        told: undefined,
      });
      this.#watchers.set(userId, (this.#watchers.get(userId) ?? new Set()).add(session));
    }
    const unsure = [...watch.people].filter(
      ([userId, watched]) =>
        watched.isApart === undefined && this.#sharesConversation(session, userId, watched),
    );
    const fresh = unsure.filter(([, { isFollowed }]) => !isFollowed);
    for (const [, watched] of fresh) watched.isFollowed = true;
    const following = there.follow(fresh.map(([userId]) => userId));
    await eachAtOnce(unsure, LOOK_UP_AT_ONCE, async ([userId, watched]) => {
      watched.lookCount += 1;
      const look = watched.lookCount;
      const isApart = await blocks.areApart(session.identity.userId, userId);
      if (watched.lookCount === look) watched.isApart = isApart;
    });
    await following;
    // Closed meanwhile: nobody else will let go of what was followed here.
    if (session.socket.disconnected) this.drop(session);
  }

  #unwatch(session: ClientSession, userId: UserId, { people }: Watch): void {
    const watchers = this.#watchers.get(userId);
    watchers?.delete(session);
    if (watchers?.size === 0) this.#watchers.delete(userId);
    if (people.get(userId)?.isFollowed === true) this.#ports.there.unfollow(userId);
    people.delete(userId);
  }

  /** The others in the conversations that a socket looks at, the last opened first, as many as it may name itself. */
  #inViews(session: ClientSession): ReadonlySet<UserId> {
    const { feeds, views } = this.#ports;
    const found = new Set<UserId>();
    for (const conversationId of [...views.of(session)].toReversed()) {
      const membership = feeds.find(conversationId)?.membership;
      if (membership?.status !== 'active' || !session.conversations.has(conversationId)) continue;
      for (const userId of membership.roles.keys()) {
        if (found.size >= PRESENCE_PEOPLE_COUNT_MAX) return found;
        if (userId !== session.identity.userId) found.add(userId);
      }
    }
    return found;
  }

  /** Says what differs from what the socket was told last; of all whom it watches, or of these. */
  #tell(session: ClientSession, userIds?: readonly UserId[]): void {
    const people = this.#watches.get(session)?.people;
    if (people === undefined || !this.#ports.isHearing()) return;
    const news: { readonly before: PresenceView | undefined; readonly view: PresenceView }[] = [];
    for (const userId of userIds ?? people.keys()) {
      const watched = people.get(userId);
      if (watched === undefined || (watched.told === undefined && watched.isApart === undefined)) continue;
      const before = watched.told;
      const mayKnow = this.#mayKnow(session, userId, watched);
      const view: PresenceView = mayKnow
        ? this.#viewOf(userId)
        : { userId, status: 'unknown', lastSeenAt: null };
      const isSame = before?.status === view.status && before.lastSeenAt === view.lastSeenAt;
      // What was never told need not be taken back.
      if (isSame || (before === undefined && view.status === 'unknown')) continue;
      watched.told = view;
      news.push({ before, view });
    }
    const [first] = news;
    if (first === undefined) return;
    const frame =
      news.length === 1
        ? this.#frameOf(first.view, first.before)
        : changedFrame(news.map(({ view }) => view));
    session.push(frame);
  }

  /** Many sockets in a row get the same: it is encoded once. */
  #frameOf(view: PresenceView, before: PresenceView | undefined): Frame {
    const key = `${view.userId} ${view.status} ${view.lastSeenAt} ${before?.status === 'away'}`;
    if (this.#lastFrame?.key !== key) this.#lastFrame = { key, frame: frameOf(view, before) };
    return this.#lastFrame.frame;
  }

  #viewOf(userId: UserId): PresenceView {
    const { status, lastSeenAt } = this.#ports.there.get(userId) ?? { status: 'unknown', lastSeenAt: null };
    return { userId, status, lastSeenAt };
  }

  #mayKnow(session: ClientSession, userId: UserId, watched: Watched): boolean {
    return watched.isApart === false && this.#sharesConversation(session, userId, watched);
  }

  /** As this gateway follows it, so also without Postgres, and from the moment on that somebody goes. */
  #sharesConversation(session: ClientSession, userId: UserId, watched: Watched): boolean {
    const { feeds } = this.#ports;
    const isIn = (id: ConversationId) =>
      session.conversations.has(id) && feeds.find(id)?.isMember(userId) === true;
    if (watched.via !== undefined && isIn(watched.via)) return true;
    watched.via = undefined;
    for (const conversationId of session.conversations) {
      if (!isIn(conversationId)) continue;
      watched.via = conversationId;
      return true;
    }
    return false;
  }
}

function frameOf(view: PresenceView, before: PresenceView | undefined): Frame {
  const { userId, status, lastSeenAt } = view;
  if (status === 'offline') return encodeFrame('user_offline', { userId, lastSeenAt });
  if (status === 'online' && before?.status !== 'away') return encodeFrame('user_online', { userId });
  return changedFrame([view]);
}

function changedFrame(people: PresenceView[]): Frame {
  return encodeFrame('presence_changed', { people });
}
