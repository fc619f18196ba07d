import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type {
  HiddenEvent,
  IdentityEvent,
  MembershipEvent,
  OwnViewEvent,
  RecordedEvent,
  Tenant,
  UserId,
} from '@parley/contracts';
import type { EventStore } from '@parley/event-sourcing';
import { livePerson, recordedEvent } from '@parley/jetstream';

import type { ClientSession } from '../transport/client-session.ts';
import { isOwnViewEvent, tellHidden, tellOwnDevices } from './tell-own-devices.policy.ts';

/** How much the clocks of the broker and of this gateway may differ. */
const CLOCK_SLACK_MS = 10_000;

type Granted = Extract<MembershipEvent, { type: 'conversation.membership-granted' }>['data'];

/** Everything in a person's log. */
export type PersonLog = HiddenEvent | MembershipEvent | IdentityEvent | OwnViewEvent;

export interface PersonFeedPorts {
  readonly nc: NatsConnection;
  readonly tenant: Tenant;
  readonly store: EventStore<PersonLog>;
  readonly onGranted: (session: ClientSession, granted: Granted) => void;
  /** What became of the person's account and sessions: beside the log's own reader, which may be slower. */
  readonly onAccount: (event: RecordedEvent<IdentityEvent>) => void;
  readonly onFault: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
}

/** The people with a socket here: one subscription each, to hear what concerns them and nobody else. */
export class PersonFeeds {
  readonly #ports: PersonFeedPorts;
  readonly #people = new Map<
    UserId,
    { readonly sessions: Set<ClientSession>; readonly subscription: Subscription }
  >();

  constructor(ports: PersonFeedPorts) {
    this.#ports = ports;
  }

  sessionsOf(userId: UserId): ReadonlySet<ClientSession> {
    return this.#people.get(userId)?.sessions ?? new Set();
  }

  /** Resolves when the subscription is in force: what is granted from then on is heard. */
  async join(session: ClientSession): Promise<void> {
    const { userId } = session.identity;
    const known = this.#people.get(userId);
    if (known) {
      known.sessions.add(session);
      return;
    }
    const { nc, tenant } = this.#ports;
    const subscription = nc.subscribe(livePerson(tenant, userId), {
      callback: (error, message) => {
        if (!error) this.#receive(userId, message);
      },
    });
    this.#people.set(userId, { sessions: new Set([session]), subscription });
    await nc.flush();
  }

  /** What was granted or changed since a time is heard now: live events may have been lost while the broker was away. */
  async catchUpAll(sinceMs: number): Promise<void> {
    const since = new Date(sinceMs - CLOCK_SLACK_MS);
    const range = { since, upTo: Number.MAX_SAFE_INTEGER };
    for (const userId of this.#people.keys()) {
      try {
        for (const lane of ['v.conv', 'v.msg', 'a']) {
          const events = await this.#ports.store.readLane(userId, lane, range);
          for (const event of events) this.#hear(userId, event);
        }
      } catch (error) {
        this.#ports.onFault(error, { userId });
        // What may have been missed is said: they come back, and are brought up to date by that.
        for (const session of this.sessionsOf(userId)) session.close('resync_required', { reason: 'GAP' });
      }
    }
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
      for (const session of this.sessionsOf(userId)) this.#ports.onGranted(session, event.data);
    } else if (event.type === 'identity.session-revoked') {
      this.#ports.onAccount(event);
    } else if (event.type === 'identity.settings-changed') {
      this.#ports.onAccount(event);
      const { settings } = event.data;
      for (const session of this.sessionsOf(userId)) session.emit('settings_updated', { settings });
    } else if (event.type === 'message.hidden') {
      tellHidden(event, this.sessionsOf(userId));
    } else if (isOwnViewEvent(event)) {
      tellOwnDevices(event, this.sessionsOf(userId));
    }
  }

  leave(session: ClientSession): void {
    const person = this.#people.get(session.identity.userId);
    person?.sessions.delete(session);
    if (person?.sessions.size !== 0) return;
    person.subscription.unsubscribe();
    this.#people.delete(session.identity.userId);
  }
}
