import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import {
  type HiddenEvent,
  type IdentityEvent,
  type MembershipEvent,
  type OwnViewEvent,
  personalSettingsIn,
  type RecordedEvent,
  type Tenant,
  type UserId,
} from '@parley/contracts';
import type { EventStore } from '@parley/event-sourcing';
import { livePerson, recordedEvent, signalIn } from '@parley/jetstream';

import type { ClientSession } from '../transport/client-session.ts';
import type { HiddenMessages } from './hidden-messages.ts';
import { type Flush, sharedFlush } from './shared-flush.ts';
import { isOwnViewEvent, tellHidden, tellOwnDevices } from './tell-own-devices.policy.ts';

/** How much the clocks of the broker and of this gateway may differ. */
const CLOCK_SLACK_MS = 10_000;
/** A person whose last socket has gone is followed for a moment more: most who go come back. */
const LINGER_MS = 30_000;
const SWEEP_EVERY_MS = 5_000;
/** How many people without a socket are followed; beyond it those who went first are let go. */
const LINGERING_COUNT_MAX = 20_000;

export type MembershipChange = MembershipEvent;
type Granted = Extract<MembershipEvent, { type: 'conversation.membership-granted' }>['data'];

/** Everything in a person's log. */
export type PersonLog = HiddenEvent | MembershipEvent | IdentityEvent | OwnViewEvent;

export interface PersonFeedPorts {
  readonly nc: NatsConnection;
  readonly tenant: Tenant;
  readonly store: EventStore<PersonLog>;
  readonly hidden: Pick<HiddenMessages, 'follow' | 'forget' | 'note'>;
  readonly onGranted: (session: ClientSession, granted: Granted) => void;
  /** Where the person is let in or out, once, whether they have a socket now or not. */
  readonly onMembership: (userId: UserId, change: MembershipChange) => void;
  /** Nothing is heard of this person any more, or something may have been missed. */
  readonly onForgotten: (userId: UserId) => void;
  /** What became of the person's account and sessions: beside the log's own reader, which may be slower. */
  readonly onAccount: (event: RecordedEvent<IdentityEvent>) => void;
  readonly onFault: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
}

interface Followed {
  readonly sessions: Set<ClientSession>;
  readonly subscription: Subscription;
  readonly inForce: Promise<void>;
}

/** The people with a socket here: one subscription each, to hear what concerns them and nobody else. */
export class PersonFeeds {
  readonly #ports: PersonFeedPorts;
  readonly #flush: Flush;
  readonly #people = new Map<UserId, Followed>();
  /** Those without a socket, in the order of their going. */
  readonly #goneAtMs = new Map<UserId, number>();
  readonly #sweep = setInterval(() => this.#letGo(), SWEEP_EVERY_MS);

  constructor(ports: PersonFeedPorts) {
    this.#ports = ports;
    this.#flush = sharedFlush(ports.nc);
  }

  sessionsOf(userId: UserId): ReadonlySet<ClientSession> {
    return this.#people.get(userId)?.sessions ?? new Set();
  }

  /** Resolves when the subscription is in force: what is granted from then on is heard. */
  async join(session: ClientSession): Promise<void> {
    const { userId } = session.identity;
    const followed = this.#people.get(userId) ?? this.#follow(userId);
    this.#goneAtMs.delete(userId);
    followed.sessions.add(session);
    await followed.inForce;
  }

  /** What was granted or changed since a time is heard now: live events may have been lost while the broker was away. */
  async catchUpAll(sinceMs: number): Promise<void> {
    const since = new Date(sinceMs - CLOCK_SLACK_MS);
    const range = { since, upTo: Number.MAX_SAFE_INTEGER };
    // Nobody waits for those who have gone: they are asked for anew when they come back.
    for (const userId of this.#goneAtMs.keys()) this.#drop(userId);
    for (const userId of this.#people.keys()) {
      try {
        for (const lane of ['v.conv', 'v.msg', 'a']) {
          const events = await this.#ports.store.readLane(userId, lane, range);
          for (const event of events) this.#hear(userId, event);
        }
      } catch (error) {
        this.#ports.onFault(error, { userId });
        this.#ports.onForgotten(userId);
        // What may have been missed is said: they come back, and are brought up to date by that.
        for (const session of this.sessionsOf(userId)) session.close('resync_required', { reason: 'GAP' });
      }
    }
  }

  leave(session: ClientSession): void {
    const { userId } = session.identity;
    const person = this.#people.get(userId);
    if (!person?.sessions.delete(session) || person.sessions.size > 0) return;
    this.#goneAtMs.set(userId, performance.now());
    const [first] = this.#goneAtMs.keys();
    if (this.#goneAtMs.size > LINGERING_COUNT_MAX && first !== undefined) this.#drop(first);
  }

  stop(): void {
    clearInterval(this.#sweep);
  }

  #follow(userId: UserId): Followed {
    const { nc, tenant } = this.#ports;
    const subject = livePerson(tenant, userId);
    const subscription = nc.subscribe(subject, {
      callback: (error, message) => {
        // Whether they are there is for others to hear.
        if (!error && signalIn(message.subject, subject) === undefined) this.#receive(userId, message);
      },
    });
    const inForce = this.#flush();
    const followed = { sessions: new Set<ClientSession>(), subscription, inForce };
    this.#people.set(userId, followed);
    inForce.then(
      // After the subscription, so that nothing is hidden in between unheard.
      () => this.#people.get(userId) === followed && this.#ports.hidden.follow(userId),
      // Who comes later tries anew; who waits for this one hears of it.
      () => this.#people.get(userId) === followed && this.#drop(userId),
    );
    return followed;
  }

  /** Nothing may be thrown here: the connection would stop reading. */
  #receive(userId: UserId, message: Msg): void {
    try {
      const position = Number(message.headers?.get('Nats-Sequence') ?? 0);
      this.#hear(userId, recordedEvent<PersonLog>(message.data, position));
    } catch (error) {
      this.#ports.onFault(error, { userId });
    }
  }

  #hear(userId: UserId, event: RecordedEvent<PersonLog>): void {
    if (event.type === 'conversation.membership-granted') {
      this.#ports.onMembership(userId, event);
      for (const session of this.sessionsOf(userId)) this.#ports.onGranted(session, event.data);
    } else if (event.type === 'conversation.membership-ended') {
      this.#ports.onMembership(userId, event);
    } else if (event.type === 'identity.session-revoked') {
      this.#ports.onAccount(event);
    } else if (event.type === 'identity.settings-changed') {
      this.#ports.onAccount(event);
      const settings = personalSettingsIn(event.data);
      for (const session of this.sessionsOf(userId)) session.emit('settings_updated', { settings });
    } else if (event.type === 'message.hidden') {
      this.#ports.hidden.note(userId, event.data.messageId);
      tellHidden(event, this.sessionsOf(userId));
    } else if (isOwnViewEvent(event)) {
      tellOwnDevices(event, this.sessionsOf(userId));
    }
  }

  #letGo(): void {
    const before = performance.now() - LINGER_MS;
    for (const [userId, goneAtMs] of this.#goneAtMs) {
      if (goneAtMs > before) return;
      this.#drop(userId);
    }
  }

  #drop(userId: UserId): void {
    this.#goneAtMs.delete(userId);
    this.#people.get(userId)?.subscription.unsubscribe();
    this.#people.delete(userId);
    this.#ports.hidden.forget(userId);
    this.#ports.onForgotten(userId);
  }
}
