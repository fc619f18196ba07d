import { PRESENCE_PEOPLE_COUNT_MAX, type PresenceView } from '@parley/contracts';

import { retryDelayMs, sleep } from './backoff.ts';
import { mayRetry } from './api-error.ts';
import type { Connection } from './connection.ts';
import { Store } from './store.ts';

/** What comes to be shown at the same moment is asked for in one word. */
const GATHER_MS = 50;
/** How many people are remembered; of those whom nobody looks at the oldest are forgotten beyond it. */
const PEOPLE_KEPT_COUNT_MAX = 1_000;

/** Whether somebody is there; `unknown` also while this device is not connected. */
export type PresenceSnapshot = Pick<PresenceView, 'status' | 'lastSeenAt'>;

export type PresenceConnection = Pick<Connection, 'on' | 'onState' | 'request' | 'state'>;

const UNKNOWN: PresenceSnapshot = { status: 'unknown', lastSeenAt: null };

/** One person to look at: `subscribe` and `getSnapshot` as everywhere. */
export class PersonPresence {
  readonly #store = new Store(() => this.#snapshot);
  readonly #onObserved: (isObserved: boolean) => void;
  #snapshot = UNKNOWN;
  #observerCount = 0;

  constructor(onObserved: (isObserved: boolean) => void) {
    this.#onObserved = onObserved;
  }

  get isObserved(): boolean {
    return this.#observerCount > 0;
  }

  get getSnapshot(): () => PresenceSnapshot {
    return this.#store.getSnapshot;
  }

  /** While there is a listener the server is asked to tell; with the last one that ends. */
  readonly subscribe = (listener: () => void): (() => void) => {
    const forget = this.#store.subscribe(listener);
    this.#observerCount += 1;
    if (this.#observerCount === 1) this.#onObserved(true);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      forget();
      this.#observerCount -= 1;
      if (this.#observerCount === 0) this.#onObserved(false);
    };
  };

  take(snapshot: PresenceSnapshot): void {
    const { status, lastSeenAt } = this.#snapshot;
    if (status === snapshot.status && lastSeenAt === snapshot.lastSeenAt) return;
    this.#snapshot = snapshot;
    this.#store.changed();
  }
}

/** Who of the people on the screen is there. Those who are looked at are asked for, and again after every connect. */
export class Presence {
  readonly #connection: PresenceConnection;
  /** The one who was looked at last comes last. */
  readonly #people = new Map<string, PersonPresence>();
  #isAway = false;
  #isAsking = false;
  /** Who is looked at, or who may be seen, has changed since the last question. */
  #isStale = false;
  /** How many the server was asked to tell of, on this connection. */
  #saidCount = 0;

  constructor(connection: PresenceConnection) {
    this.#connection = connection;
    connection.on('user_online', ({ userId }) => this.#take({ userId, status: 'online', lastSeenAt: null }));
    connection.on('user_offline', ({ userId, lastSeenAt }) =>
      this.#take({ userId, status: 'offline', lastSeenAt }),
    );
    connection.on('presence_changed', ({ people }) => {
      for (const person of people) this.#take(person);
    });
    // Who may be seen follows from the conversations.
    connection.on('new_conversation', () => this.#want());
    connection.on('user_joined_conversation', () => this.#want());
    connection.onState((state) => {
      if (state === 'connected') this.#connected();
      else this.#disconnected();
    });
  }

  /** The same for everybody who asks. It knows something while somebody listens to it. */
  of(userId: string): PersonPresence {
    const known = this.#people.get(userId);
    if (known) return known;
    const person: PersonPresence = new PersonPresence((isObserved) => {
      if (isObserved) this.#keep(userId, person);
      else person.take(UNKNOWN);
      this.#want();
    });
    this.#keep(userId, person);
    for (const [id, { isObserved }] of this.#people) {
      if (this.#people.size <= PEOPLE_KEPT_COUNT_MAX) break;
      if (!isObserved && id !== userId) this.#people.delete(id);
    }
    return person;
  }

  /** What is known now of somebody who is looked at. */
  get(userId: string): PresenceSnapshot {
    return this.#people.get(userId)?.getSnapshot() ?? UNKNOWN;
  }

  /** Whether the person is away from this device; said again after every connect. */
  setAway(isAway: boolean): void {
    if (this.#isAway === isAway) return;
    this.#isAway = isAway;
    this.#sayAway();
  }

  #connected(): void {
    if (this.#isAway) this.#sayAway();
    this.#want();
  }

  #disconnected(): void {
    this.#saidCount = 0;
    for (const person of this.#people.values()) person.take(UNKNOWN);
  }

  #keep(userId: string, person: PersonPresence): void {
    this.#people.delete(userId);
    this.#people.set(userId, person);
  }

  #sayAway(): void {
    if (this.#connection.state !== 'connected') return;
    const status = this.#isAway ? 'away' : 'online';
    this.#connection.request('presence_update', { status }).catch(() => undefined);
  }

  #take({ userId, status, lastSeenAt }: PresenceView): void {
    const person = this.#people.get(userId);
    if (person?.isObserved === true) person.take({ status, lastSeenAt });
  }

  #want(): void {
    this.#isStale = true;
    if (!this.#isAsking) void this.#ask();
  }

  /** Keeps at it while this connection lasts; the next one asks anew. */
  async #ask(): Promise<void> {
    this.#isAsking = true;
    for (let tries = 0; this.#isStale && this.#connection.state === 'connected';) {
      await sleep(tries === 0 ? GATHER_MS : retryDelayMs(tries));
      this.#isStale = false;
      // Of more than the server takes those are left out who were looked at first.
      const observed = [...this.#people].filter(([, { isObserved }]) => isObserved);
      const userIds = observed.slice(-PRESENCE_PEOPLE_COUNT_MAX).map(([userId]) => userId);
      if (userIds.length === 0 && this.#saidCount === 0) continue;
      try {
        const { people } = await this.#connection.request('presence_subscribe', { userIds });
        const told = new Set<string>(people.map(({ userId }) => userId));
        this.#saidCount = userIds.length;
        for (const person of people) this.#take(person);
        for (const userId of userIds) if (!told.has(userId)) this.#people.get(userId)?.take(UNKNOWN);
        tries = 0;
      } catch (error) {
        this.#isStale ||= mayRetry(error);
        tries += 1;
      }
    }
    this.#isAsking = false;
  }
}
