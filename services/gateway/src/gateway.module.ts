import type { AddressInfo } from 'node:net';

import type { NatsConnection } from '@nats-io/transport-node';
import {
  type ConversationId,
  getKeys,
  getSettings,
  type IdentityEvent,
  type MembershipEvent,
  type Tenant,
} from '@parley/contracts';
import { type EventStore, formatPosition } from '@parley/event-sourcing';
import {
  CommandPublisher,
  connectNats,
  isBrokerThere,
  JetStreamEventStore,
  lastPositionOf,
  verifyTopology,
} from '@parley/jetstream';
import type { Health, Log, ServiceModule, StartContext, Started } from '@parley/service-kit';
import { connectRedis, type Redis } from '@parley/service-kit/shared-limit';
import type { JSONWebKeySet } from 'jose';

import { ChangeCommands } from './commands/change-commands.ts';
import { FileCommands } from './commands/file-commands.ts';
import { ForwardCommands } from './commands/forward-commands.ts';
import { ChatCommands } from './commands/chat-commands.ts';
import { CommandBus } from './commands/command-bus.ts';
import { InviteCommands } from './commands/invite-commands.ts';
import { OwnViewCommands } from './commands/own-view-commands.ts';
import { ConversationCommands } from './commands/conversation-commands.ts';
import { PositionGatherer } from './commands/position-gatherer.ts';
import { ReceiptCommands } from './commands/receipt-commands.ts';
import { type Config, loadConfig } from './config.ts';
import type { ConversationLog } from './policies/conversation-feed.ts';
import { deliverToSockets } from './policies/deliver-to-sockets.policy.ts';
import { Feeds } from './policies/feeds.ts';
import { PersonFeeds, type PersonLog } from './policies/person-feed.ts';
import { RecentMessages } from './policies/recent-messages.ts';
import { RevokedSessions } from './policies/revoked-sessions.ts';
import { watchReception } from './policies/watch-reception.ts';
import { PersonSettings } from './queries/person-settings.ts';
import { QueryBus } from './queries/query-bus.ts';
import { Authenticator } from './transport/authenticate.ts';
import { Connections } from './transport/connections.ts';
import { CursorSigner } from './transport/cursor.ts';
import { FanOut } from './transport/fan-out.ts';
import { GuessLimit } from './transport/guess-limit.ts';
import { createHttpServer } from './transport/http-server.ts';
import { RequestLimits } from './transport/request-limits.ts';
import { restHandlers } from './transport/rest-handlers.ts';
import { Sessions } from './transport/sessions.ts';
import { socketHandlers } from './transport/socket-handlers.ts';
import { addressBehindProxy, SocketServer } from './transport/socket-server.ts';

export const gatewayModule: ServiceModule<Config> = { name: 'gateway', config: loadConfig, start };

async function start({ config, log, instance, fail }: StartContext<Config>): Promise<Started> {
  const nc = await connectNats({ url: config.nats.url, name: instance });
  await verifyTopology(nc, config);
  const { tenant } = config;
  const sessions = new Sessions(config.limits);
  const queries = new QueryBus(nc, tenant);
  const userLog = await JetStreamEventStore.open<PersonLog>(nc, { log: 'user', tenant });
  const settings = settingsOf({ queries, userLog, sessions });
  const revoked = new RevokedSessions(nc, {
    onRevoked: (sessionId, reason) => sessions.revoke(sessionId, reason),
    onAccount: (event) => settings.hear(event),
    onFault: (error) => log.error({ err: error }, 'the ended sessions could not be read'),
  });
  await revoked.catchUp();

  const authenticator = new Authenticator({ tenant, revoked, loadKeys: () => keysOf(queries) });
  const recent: RecentMessages = new RecentMessages(
    (conversationId, userId) => feeds.find(conversationId)?.isMember(userId) ?? false,
  );
  const { feeds, people, connections } = await openLive({
    nc,
    tenant,
    queries,
    userLog,
    revoked,
    recent,
    log,
  });
  const redis = connectRedis(config.redis.url);
  const commands = commandsOf({ nc, redis, instance, config, queries, settings, feeds, recent });

  let draining = false;
  const health = () => healthOf(nc, redis, { sessions, revoked, feeds });
  const http = createHttpServer({
    authenticator,
    handlers: restHandlers({ ...commands, queries, settings, cursors: new CursorSigner(config.cursorKey) }),
    health,
    isDraining: () => draining,
    log,
    trustProxy: config.trustProxy,
    origins: config.origins,
    limits: new RequestLimits(config.limits),
  });
  const sockets = new SocketServer(http.server, {
    authenticator,
    sessions,
    connections,
    handlers: socketHandlers({ ...commands, queries, feeds, authenticator }),
    fanOut: new FanOut(),
    log,
    origins: config.origins,
    addressOf: config.trustProxy ? addressBehindProxy : (socket) => socket.handshake.address,
  });
  const watching = watchReception(nc, { sessions, feeds, people, revoked }, fail);
  await http.listen({ host: config.health.host, port: config.health.port });

  return {
    port: (http.server.address() as AddressInfo).port,
    health,
    async stop() {
      draining = true;
      await sockets.drain();
      await http.close();
      watching.stop();
      sessions.stop();
      feeds.stop();
      await revoked.stop();
      redis.disconnect();
      await nc.drain();
    },
  };
}

function settingsOf({
  queries,
  userLog,
  sessions,
}: Pick<LiveParts, 'queries' | 'userLog'> & { readonly sessions: Sessions }): PersonSettings {
  return new PersonSettings({
    ask: (userId, correlationId) => queries.ask(getSettings, { userId }, { actorId: userId, correlationId }),
    accounts: userLog as EventStore<IdentityEvent>,
    isFollowed: (userId) => sessions.has(userId),
  });
}

/** Everything that a person may do, the same over REST and sockets. */
function commandsOf({
  nc,
  redis,
  instance,
  config: { tenant, inviteKey: codeKey },
  queries,
  settings,
  feeds,
  recent,
}: {
  readonly nc: NatsConnection;
  readonly redis: Redis;
  readonly instance: string;
  readonly config: Config;
  readonly queries: QueryBus;
  readonly settings: PersonSettings;
  readonly feeds: Feeds;
  readonly recent: RecentMessages;
}) {
  const bus = new CommandBus(new CommandPublisher(nc, { instance }), tenant);
  const conversations = new ConversationCommands(bus, tenant);
  const toldUpTo = (conversationId: ConversationId) => {
    const position = feeds.find(conversationId)?.head.position;
    return position === undefined ? undefined : formatPosition('conv', position);
  };
  const positions = new PositionGatherer(bus, settings);
  const changes = new ChangeCommands({
    bus,
    queries,
    recentConversationOf: (messageId, userId) => recent.conversationOf(messageId, userId),
    endOfLog: async () => formatPosition('conv', await lastPositionOf(nc, 'conv')),
  });
  return {
    chat: new ChatCommands(bus),
    receipts: new ReceiptCommands({ queries, positions, toldUpTo }),
    changes,
    forwards: new ForwardCommands(bus, changes),
    files: new FileCommands(queries, tenant),
    conversations,
    invites: new InviteCommands({ conversations, queries, guesses: new GuessLimit(redis, tenant), codeKey }),
    ownView: new OwnViewCommands(bus),
  };
}

interface LiveParts {
  readonly nc: NatsConnection;
  readonly tenant: Tenant;
  readonly queries: QueryBus;
  readonly userLog: EventStore<PersonLog>;
  readonly revoked: RevokedSessions;
  readonly recent: RecentMessages;
  readonly log: Log;
}

/** What carries stored events to sockets: a feed per conversation, one per person, and who joins which. */
async function openLive({ nc, tenant, queries, userLog, revoked, recent, log }: LiveParts) {
  const onFault = (error: unknown, context: object = {}) => log.error({ err: error, ...context }, 'a fault');
  const feeds: Feeds = new Feeds({
    nc,
    tenant,
    store: await JetStreamEventStore.open<ConversationLog>(nc, { log: 'conv', tenant }),
    deliver: (event, feed) => {
      if (event.type === 'message.sent') recent.note(event.data.messageId, feed.conversationId);
      deliverToSockets(event, feed, (left, userId) => feeds.evict(left, userId));
    },
    onFault,
  });
  const people = new PersonFeeds({
    nc,
    tenant,
    store: userLog,
    onGranted: (session, granted) => {
      connections.welcome(session, granted).catch(onFault);
    },
    onAccount: (event) => revoked.hear(event),
    onFault,
  });
  const connections = new Connections({
    feeds,
    people,
    queries,
    userLog: userLog as EventStore<MembershipEvent>,
    log,
  });
  return { feeds, people, connections };
}

async function healthOf(
  nc: NatsConnection,
  redis: Redis,
  {
    sessions,
    revoked,
    feeds,
  }: { readonly sessions: Sessions; readonly revoked: RevokedSessions; readonly feeds: Feeds },
): Promise<Health> {
  const nats = { healthy: await isBrokerThere(nc) };
  return {
    healthy: nats.healthy && revoked.isCurrent,
    components: {
      nats,
      sockets: { healthy: true, detail: `${sessions.size} connected, ${feeds.size} conversations followed` },
      // Without it guesses are counted by each gateway for itself.
      redis: { healthy: redis.status === 'ready', detail: redis.status },
    },
  };
}

async function keysOf(queries: QueryBus): Promise<JSONWebKeySet | undefined> {
  const outcome = await queries.ask(getKeys, {}, { correlationId: 'keys' });
  return outcome.kind === 'ok' ? outcome.answer : undefined;
}
