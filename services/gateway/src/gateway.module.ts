import type { AddressInfo } from 'node:net';

import type { NatsConnection } from '@nats-io/transport-node';
import type { ConversationId } from '@parley/contracts';
import { formatPosition } from '@parley/event-sourcing';
import {
  CommandPublisher,
  connectNats,
  isBrokerThere,
  JetStreamEventStore,
  lastPositionOf,
  verifyTopology,
} from '@parley/jetstream';
import type { Health, ServiceModule, StartContext, Started } from '@parley/service-kit';
import { connectRedis, type Redis } from '@parley/service-kit/shared-limit';
import { WEB_APP_DIRECTORY } from '@parley/web';

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
import { knowSessions } from './know-sessions.ts';
import { openLive } from './open-live.ts';
import { looksAt, openSockets } from './open-sockets.ts';
import { Degradation } from './policies/degradation.ts';
import type { Feeds } from './policies/feeds.ts';
import type { PersonLog } from './policies/person-feed.ts';
import type { RecentMessages } from './policies/recent-messages.ts';
import type { RevokedSessions } from './policies/revoked-sessions.ts';
import { watchDependencies } from './policies/watch-dependencies.ts';
import { watchReception } from './policies/watch-reception.ts';
import type { PersonSettings } from './queries/person-settings.ts';
import { readLogStands } from './queries/log-stands.ts';
import { QueryBus } from './queries/query-bus.ts';
import { sharedLook } from './queries/shared-look.ts';
import { CursorSigner } from './transport/cursor.ts';
import { GuessLimit } from './transport/guess-limit.ts';
import { createHttpServer } from './transport/http-server.ts';
import { Pace } from './transport/pace.ts';
import { RequestLimits } from './transport/request-limits.ts';
import { renewTokens } from './transport/renew-tokens.ts';
import { restHandlers } from './transport/rest-handlers.ts';
import type { Sessions } from './transport/sessions.ts';
import { SyncByToken } from './transport/sync-by-token.ts';
import { SyncTokens } from './transport/sync-token.ts';
import { socketHandlers } from './transport/socket-handlers.ts';

export const gatewayModule: ServiceModule<Config> = { name: 'gateway', config: loadConfig, start };

async function start({ config, log, instance, fail }: StartContext<Config>): Promise<Started> {
  const nc = await connectNats({ url: config.nats.url, name: instance });
  await verifyTopology(nc, config);
  const { tenant } = config;
  const queries = new QueryBus(nc, tenant);
  const userLog = await JetStreamEventStore.open<PersonLog>(nc, { log: 'user', tenant });
  const known = await knowSessions(nc, { tenant, queries, userLog, log });
  const { sessions, pulse, settings, revoked, activity, authenticator } = known;
  const degradation = new Degradation(sessions);
  const sync = new SyncByToken({
    queries,
    tokens: new SyncTokens(config.syncKey),
    stands: sharedLook(() => readLogStands(nc)),
  });
  const live = await openLive({ nc, tenant, instance, queries, userLog, revoked, sync, log });
  const { feeds, people, recent, signals } = live;
  const redis = connectRedis(config.redis.url);
  const pace = new Pace();
  const commands = commandsOf({ nc, redis, instance, pace, config, queries, settings, feeds, recent });

  const cursors = new CursorSigner(config.cursorKey);
  let draining = false;
  const health = () => healthOf(nc, redis, { sessions, revoked, feeds });
  const http = createHttpServer({
    authenticator,
    handlers: restHandlers({ ...commands, queries, settings, sync, cursors }),
    health,
    isDraining: () => draining,
    log,
    trustProxy: config.trustProxy,
    origins: config.origins,
    limits: new RequestLimits(config.limits),
    webAppDirectory: WEB_APP_DIRECTORY,
  });
  const sockets = openSockets(http.server, {
    ...known,
    ...live,
    config,
    instance,
    log,
    redis,
    degradation,
    pace,
    sync,
    handlers: socketHandlers({ ...commands, queries, feeds, signals, sync, authenticator }),
  });
  const watching = [
    watchReception(nc, { pulse, degradation, feeds, people, revoked }, fail),
    watchDependencies(degradation, looksAt(queries, redis)),
    renewTokens({ sync, sessions, feeds, log }),
  ];
  await http.listen({ host: config.health.host, port: config.health.port });

  return {
    port: (http.server.address() as AddressInfo).port,
    health,
    async stop() {
      draining = true;
      await sockets.drain();
      await http.close();
      for (const watch of watching) watch.stop();
      sessions.stop();
      feeds.stop();
      people.stop();
      await signals.stop();
      await revoked.stop();
      await activity.stop();
      redis.disconnect();
      await nc.drain();
    },
  };
}

/** Everything that a person may do, the same over REST and sockets. */
function commandsOf({
  nc,
  redis,
  instance,
  pace,
  config: { tenant, inviteKey: codeKey },
  queries,
  settings,
  feeds,
  recent,
}: {
  readonly nc: NatsConnection;
  readonly redis: Redis;
  readonly instance: string;
  readonly pace: Pace;
  readonly config: Config;
  readonly queries: QueryBus;
  readonly settings: PersonSettings;
  readonly feeds: Feeds;
  readonly recent: RecentMessages;
}) {
  const bus = new CommandBus(new CommandPublisher(nc, { instance, soon: () => pace.beat() }), tenant);
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
