import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import {
  type getPresence,
  PRESENCE_PEOPLE_COUNT_MAX,
  PresenceAt,
  personPresent,
  type Tenant,
  type UserId,
} from '@parley/contracts';
import { type OutcomeOf, personSignal } from '@parley/jetstream';

/** Signals may be lost: so often everything that is followed is asked for again. */
const REFRESH_EVERY_MS = 30_000;
/** The same while something cannot be told that will be told soon. */
const REFRESH_UNSETTLED_MS = 3_000;

interface Followed {
  readonly subscription: Subscription;
  followerCount: number;
  present: PresenceAt;
}

export interface PeopleTherePorts {
  readonly nc: NatsConnection;
  readonly tenant: Tenant;
  /** Asks the presence service of at most so many people as one question may name. */
  readonly ask: (userIds: readonly UserId[]) => Promise<OutcomeOf<typeof getPresence>>;
  /** These people are there otherwise than before. */
  readonly onChanged: (userIds: readonly UserId[]) => void;
  readonly onFault: (error: unknown) => void;
}

/** Whether the people whom somebody watches here are there: asked for once, then heard, and asked again now and then. */
export class PeopleThere {
  readonly #ports: PeopleTherePorts;
  readonly #people = new Map<UserId, Followed>();
  #timer: NodeJS.Timeout | undefined;
  #isSettled = true;
  #isRefreshing = false;
  #isStopped = false;

  constructor(ports: PeopleTherePorts) {
    this.#ports = ports;
    this.#plan();
  }

  get(userId: UserId): PresenceAt | undefined {
    return this.#people.get(userId)?.present;
  }

  /** Follows these people, once more for each call. Resolves when it is known whether they are there. */
  async follow(userIds: readonly UserId[]): Promise<void> {
    const fresh = userIds.filter((userId) => !this.#people.has(userId));
    for (const userId of userIds) this.#entryOf(userId).followerCount += 1;
    if (fresh.length === 0) return;
    await this.#ports.nc.flush().catch(() => undefined);
    await this.#ask(fresh);
  }

  unfollow(userId: UserId): void {
    const followed = this.#people.get(userId);
    if (followed === undefined) return;
    followed.followerCount -= 1;
    if (followed.followerCount > 0) return;
    followed.subscription.unsubscribe();
    this.#people.delete(userId);
  }

  /** What is known may be old: asked again at once. */
  refresh(): void {
    clearTimeout(this.#timer);
    void this.#refreshAll();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const { subscription } of this.#people.values()) subscription.unsubscribe();
  }

  #entryOf(userId: UserId): Followed {
    const known = this.#people.get(userId);
    if (known) return known;
    const { nc, tenant } = this.#ports;
    const subscription = nc.subscribe(personSignal(tenant, userId, personPresent.type), {
      callback: (error, message) => {
        if (!error) this.#hear(message.data);
      },
    });
    const present: PresenceAt = { userId, status: 'unknown', lastSeenAt: null, atMs: 0 };
    const entry: Followed = { subscription, followerCount: 0, present };
    this.#people.set(userId, entry);
    return entry;
  }

  /** Nothing may be thrown here: the connection would stop reading. */
  #hear(data: Uint8Array): void {
    try {
      this.#take([PresenceAt.parse(JSON.parse(new TextDecoder().decode(data)))]);
    } catch (error) {
      this.#ports.onFault(error);
    }
  }

  async #ask(userIds: readonly UserId[]): Promise<void> {
    for (let first = 0; first < userIds.length; first += PRESENCE_PEOPLE_COUNT_MAX) {
      const asked = userIds.slice(first, first + PRESENCE_PEOPLE_COUNT_MAX);
      const outcome = await this.#ports.ask(asked);
      if (outcome.kind === 'ok') {
        this.#isSettled &&= outcome.answer.isSettled;
        this.#take(outcome.answer.people);
      } else {
        this.#isSettled = false;
        this.#forget(asked);
      }
    }
    if (!this.#isSettled) this.#plan();
  }

  /** Answers and signals overtake one another: what is of a later time stands. */
  #take(people: readonly PresenceAt[]): void {
    const changed = people.filter((present) => {
      const followed = this.#people.get(present.userId);
      if (followed === undefined || followed.present.atMs > present.atMs) return false;
      const { status, lastSeenAt } = followed.present;
      followed.present = present;
      return status !== present.status || lastSeenAt !== present.lastSeenAt;
    });
    if (changed.length > 0) this.#ports.onChanged(changed.map(({ userId }) => userId));
  }

  /** Nobody can say now whether they are there. */
  #forget(userIds: readonly UserId[]): void {
    this.#take(
      userIds.flatMap((userId) => {
        const atMs = this.get(userId)?.atMs;
        return atMs === undefined ? [] : [{ userId, status: 'unknown' as const, lastSeenAt: null, atMs }];
      }),
    );
  }

  async #refreshAll(): Promise<void> {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    this.#isSettled = true;
    await this.#ask([...this.#people.keys()]);
    this.#isRefreshing = false;
    this.#plan();
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    const waitMs = this.#isSettled ? REFRESH_EVERY_MS : REFRESH_UNSETTLED_MS;
    this.#timer = setTimeout(() => void this.#refreshAll(), waitMs);
  }
}
