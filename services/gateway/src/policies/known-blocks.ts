import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import {
  applyMembership,
  type ConversationEvent,
  noMembership,
  type RecordedEvent,
  type Tenant,
  type UserId,
} from '@parley/contracts';
import type { EventStore } from '@parley/event-sourcing';
import { everyLiveControl, recordedEvent } from '@parley/jetstream';
import { deriveDirectId } from '@parley/service-kit';

import type { ConversationLog } from './conversation-feed.ts';
import type { Feeds } from './feeds.ts';

/** What the two events of blocks have in common, and no other: most of what comes is not even parsed. */
const BLOCK_MARK = Buffer.from('"type":"conversation.person-');

export interface KnownBlocksPorts {
  readonly nc: NatsConnection;
  readonly tenant: Tenant;
  readonly feeds: Pick<Feeds, 'find'>;
  readonly store: EventStore<ConversationLog>;
  /** One of the two has blocked the other, or takes it back. */
  readonly onChanged: (one: UserId, other: UserId) => void;
  readonly onFault: (error: unknown) => void;
}

/** Who has blocked whom, as the log of their direct chat says: without Postgres, and also where it was never opened. */
export class KnownBlocks {
  readonly #ports: KnownBlocksPorts;
  readonly #subscription: Subscription;

  constructor(ports: KnownBlocksPorts) {
    this.#ports = ports;
    this.#subscription = ports.nc.subscribe(everyLiveControl(ports.tenant), {
      callback: (error, { data }) => {
        if (!error) this.#hear(data);
      },
    });
  }

  /** Whether either of the two has blocked the other. */
  async areApart(one: UserId, other: UserId): Promise<boolean> {
    const { tenant, feeds, store } = this.#ports;
    const conversationId = deriveDirectId(tenant, one, other);
    const known = feeds.find(conversationId)?.membership;
    if (known !== undefined && known.status !== 'not-started') return known.blockedIds.size > 0;
    const control = await store.readLane(conversationId, 'c', { upTo: Number.MAX_SAFE_INTEGER });
    const membership = (control as readonly RecordedEvent<ConversationEvent>[]).reduce(
      applyMembership,
      noMembership,
    );
    return membership.blockedIds.size > 0;
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }

  /** Nothing may be thrown here: the connection would stop reading. */
  #hear(data: Uint8Array): void {
    if (!Buffer.from(data.buffer, data.byteOffset, data.byteLength).includes(BLOCK_MARK)) return;
    try {
      const event = recordedEvent<ConversationEvent>(data, 0);
      if (event.type === 'conversation.person-blocked' || event.type === 'conversation.person-unblocked') {
        this.#ports.onChanged(event.actorId, event.data.blockedId);
      }
    } catch (error) {
      this.#ports.onFault(error);
    }
  }
}
