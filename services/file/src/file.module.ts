import { fileCommands, type FileEvent, fileQueries, seesFile, showsFile } from '@parley/contracts';
import {
  askQuery,
  connectNats,
  isBrokerThere,
  JetStreamEventStore,
  lastPositionOf,
  serveQueries,
  verifyTopology,
} from '@parley/jetstream';
import { connectPostgres, ProjectionRunner } from '@parley/postgres';
import type { ServiceModule, StartContext, Started } from '@parley/service-kit';

import { FileCommands } from './commands/file-commands.ts';
import { type Config, loadConfig } from './config.ts';
import { files } from './projections/files.projection.ts';
import type { FileDb } from './storage/schema.ts';
import { fileAnswers } from './transport/answers.ts';

/** Shorter than the gateway waits for the answer that this one is a part of. */
const ASK_TIMEOUT_MS = 3_000;

export const fileModule: ServiceModule<Config> = { name: 'file', config: loadConfig, start };

async function start({ config, log, instance }: StartContext<Config>): Promise<Started> {
  const { tenant, database } = config;
  const nc = await connectNats({ url: config.nats.url, name: instance });
  await verifyTopology(nc, config);
  const db = connectPostgres<FileDb>({ ...database, name: instance });
  const runner = new ProjectionRunner({
    nc,
    db,
    databaseUrl: database.url,
    instance,
    log,
    projection: files,
  });
  runner.start();
  const store = await JetStreamEventStore.open<FileEvent>(nc, { log: 'file', tenant });
  const serving = await serveQueries(nc, {
    service: 'file',
    contracts: [...fileCommands, ...fileQueries],
    answers: fileAnswers({
      db,
      files: runner,
      endOfLog: () => lastPositionOf(nc, 'file'),
      commands: new FileCommands(store, tenant),
      showing: [seesFile, showsFile].map(
        (question) => (asked) => askQuery(nc, question, { ...asked, timeoutMs: ASK_TIMEOUT_MS }),
      ),
    }),
    onFault: (error, about) => log.error({ err: error, ...about }, 'a fault'),
  });

  return {
    health: async () => {
      const nats = { healthy: await isBrokerThere(nc) };
      const { projection, healthy, state, error } = runner.status();
      const components = { nats, [projection]: { healthy, detail: error ?? state } };
      // Files are registered and attached without Postgres, so a projection that stands still is shown and no more.
      return { healthy: nats.healthy, components };
    },
    async stop() {
      await serving.stop();
      await runner.stop();
      await nc.drain();
      await db.destroy();
    },
  };
}
