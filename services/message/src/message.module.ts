import type { NatsConnection } from '@nats-io/transport-node';
import {
  attachFiles,
  type ConversationEvent,
  type HiddenEvent,
  type MessageEvent,
  messageQueries,
  type PositionEvent,
} from '@parley/contracts';
import type { EventStore } from '@parley/event-sourcing';
import {
  askQuery,
  connectNats,
  isBrokerThere,
  JetStreamEventStore,
  runCommandConsumer,
  serveQueries,
  verifyTopology,
} from '@parley/jetstream';
import { connectPostgres, ProjectionRunner } from '@parley/postgres';
import type { ServiceModule, StartContext, Started } from '@parley/service-kit';

import { HideCommands } from './commands/hide-commands.ts';
import { lookUpIn } from './commands/look-up-in-timeline.ts';
import { MessageCommands } from './commands/message-commands.ts';
import { PositionCommands } from './commands/position-commands.ts';
import type { TakeFiles } from './commands/send-facts.ts';
import { type Config, loadConfig } from './config.ts';
import { hiddenMessages } from './projections/hidden-messages.projection.ts';
import { receipts } from './projections/receipts.projection.ts';
import { searchIndex } from './projections/search-index.projection.ts';
import { timeline } from './projections/timeline.projection.ts';
import type { MessageDb } from './storage/schema.ts';
import { messageAnswers } from './transport/answers.ts';
import { handleWith } from './transport/command-handler.ts';

/** Shorter than a command's record is protected from being handed to another instance. */
const FILE_ANSWER_TIMEOUT_MS = 1_500;

export const messageModule: ServiceModule<Config> = { name: 'message', config: loadConfig, start };

async function start({ config, log, instance, fail }: StartContext<Config>): Promise<Started> {
  const { tenant, database } = config;
  const nc = await connectNats({ url: config.nats.url, name: instance });
  await verifyTopology(nc, config);
  const db = connectPostgres<MessageDb>({ url: database.url, name: instance, poolSize: database.poolSize });
  const isAlone = config.place.count === 1;
  const follow = { nc, db, databaseUrl: database.url, instance, log, isAlone };
  const timelineRunner = new ProjectionRunner({ ...follow, projection: timeline });
  const receiptsRunner = new ProjectionRunner({ ...follow, projection: receipts });
  const searchRunner = new ProjectionRunner({ ...follow, projection: searchIndex });
  const hiddenRunner = new ProjectionRunner({ ...follow, projection: hiddenMessages });
  const runners = [timelineRunner, receiptsRunner, searchRunner, hiddenRunner];
  for (const runner of runners) runner.start();

  const store = await JetStreamEventStore.open<ConversationEvent | MessageEvent | PositionEvent>(nc, {
    log: 'conv',
    tenant,
  });
  const onFault = (error: unknown, context: Readonly<Record<string, unknown>>) => {
    log.error({ err: error, ...context }, 'a fault');
    if (context['fatal'] === true) fail(error);
  };
  const lookUps = lookUpIn(db, timelineRunner, (error) => onFault(error, {}));
  const commands = new MessageCommands(store, lookUps, takeFilesFrom(nc));
  const positions = new PositionCommands(store as EventStore<PositionEvent>, (id) => commands.atTail(id));
  const userLog = await JetStreamEventStore.open<HiddenEvent>(nc, { log: 'user', tenant });
  const hiding = new HideCommands(userLog, (command) => commands.shownTo(command));
  const consuming = await runCommandConsumer(nc, {
    service: 'message',
    ...config.place,
    handle: handleWith({ commands, positions, hiding }),
    onFault,
  });
  const serving = await serveQueries(nc, {
    service: 'message',
    contracts: messageQueries,
    answers: messageAnswers({
      db,
      timeline: timelineRunner,
      receipts: receiptsRunner,
      searchIndex: searchRunner,
      hidden: hiddenRunner,
    }),
    onFault,
  });

  return {
    health: async () => {
      const nats = { healthy: await isBrokerThere(nc) };
      const projections = runners.map((runner) => runner.status());
      return {
        healthy: nats.healthy,
        components: {
          nats,
          ...Object.fromEntries(
            projections.map((status) => [
              status.projection,
              { healthy: status.healthy, detail: status.state },
            ]),
          ),
        },
      };
    },
    async stop() {
      await consuming.stop();
      await serving.stop();
      await Promise.all(runners.map((runner) => runner.stop()));
      await nc.drain();
      await db.destroy();
    },
  };
}

/** The file service, as sends ask it. */
function takeFilesFrom(nc: NatsConnection): TakeFiles {
  return (data, { tenant, actorId, correlationId }) =>
    askQuery(nc, attachFiles, {
      data,
      meta: { tenant, actorId, correlationId },
      timeoutMs: FILE_ANSWER_TIMEOUT_MS,
      isAct: true,
    });
}
