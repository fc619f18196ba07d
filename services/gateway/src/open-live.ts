import type { NatsConnection } from '@nats-io/transport-node';
import { listHiddenOf, type MembershipEvent, type Tenant, type UserId } from '@parley/contracts';
import type { EventStore } from '@parley/event-sourcing';
import { JetStreamEventStore, lastPositionOf } from '@parley/jetstream';
import type { Log } from '@parley/service-kit';

import type { ConversationLog } from './policies/conversation-feed.ts';
import { deliverToSockets } from './policies/deliver-to-sockets.policy.ts';
import { Feeds } from './policies/feeds.ts';
import { type HiddenByPerson, HiddenMessages } from './policies/hidden-messages.ts';
import { PersonFeeds, type PersonLog } from './policies/person-feed.ts';
import { RecentMessages } from './policies/recent-messages.ts';
import type { RevokedSessions } from './policies/revoked-sessions.ts';
import { askCurrent } from './queries/ask-current.ts';
import { Memberships } from './queries/memberships.ts';
import type { QueryBus } from './queries/query-bus.ts';
import { sharedLook } from './queries/shared-look.ts';
import { Signals } from './signals.ts';
import { Connections } from './transport/connections.ts';
import type { SyncByToken } from './transport/sync-by-token.ts';

export interface LiveParts {
  readonly nc: NatsConnection;
  readonly tenant: Tenant;
  readonly queries: QueryBus;
  readonly userLog: EventStore<PersonLog>;
  readonly revoked: RevokedSessions;
  readonly sync: SyncByToken;
  readonly log: Log;
  readonly instance: string;
}

/** What carries stored events and signals to sockets: a feed per conversation, one per person, and who joins which. */
export async function openLive(parts: LiveParts) {
  const { nc, tenant, instance, queries, userLog, revoked, sync, log } = parts;
  const onFault = (error: unknown, context: object = {}) => log.error({ err: error, ...context }, 'a fault');
  const endOfLog = sharedLook(() => lastPositionOf(nc, 'user'));
  const hidden = new HiddenMessages({ ask: (userIds) => hiddenOf(queries, { userIds, endOfLog }), onFault });
  const conversationLog = await JetStreamEventStore.open<ConversationLog>(nc, { log: 'conv', tenant });
  const recent: RecentMessages = new RecentMessages(
    (conversationId, userId) => feeds.find(conversationId)?.isMember(userId) ?? false,
  );
  const feeds: Feeds = new Feeds({
    nc,
    tenant,
    store: conversationLog,
    hidden,
    deliver: (event, feed) => {
      if (event.type === 'message.sent') recent.note(event.data.messageId, feed.conversationId);
      signals.delivered(event, feed);
      deliverToSockets(event, feed, (left, userId) => feeds.evict(left, userId));
    },
    signal: (signal, data, feed) => signals.hear(signal, data, feed),
    onFault,
  });
  const signals: Signals = new Signals({
    nc,
    tenant,
    instance,
    queries,
    feeds,
    conversationLog,
    isHearing: () => revoked.isCurrent,
    onFault,
  });
  const people: PersonFeeds = new PersonFeeds({
    nc,
    tenant,
    store: userLog,
    hidden,
    onGranted: (session, granted) => {
      connections
        .welcome(session, granted)
        .then(() => signals.letIn(session))
        .catch(onFault);
    },
    onMembership: (userId, change) => connections.known.hear(userId, change),
    onForgotten: (userId) => connections.known.forget(userId),
    onAccount: (event) => revoked.hear(event),
    onFault,
  });
  const connections: Connections = new Connections({
    feeds,
    people,
    queries,
    memberships: new Memberships(
      queries,
      sharedLook(() => lastPositionOf(nc, 'conv')),
    ),
    userLog: userLog as EventStore<MembershipEvent>,
    sync,
    log,
  });
  return { feeds, people, recent, connections, signals };
}

/** What people have hidden up to now; where the table lags behind for too long, what it has. */
async function hiddenOf(
  queries: QueryBus,
  { userIds, endOfLog }: { readonly userIds: readonly UserId[]; readonly endOfLog: () => Promise<number> },
): Promise<readonly HiddenByPerson[]> {
  const { outcome } = await askCurrent(
    listHiddenOf,
    { userIds: [...userIds] },
    { queries, log: 'user', endOfLog, correlationId: 'hidden' },
  );
  return outcome.kind === 'ok' ? outcome.answer.people : [];
}
