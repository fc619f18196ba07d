import { randomBytes } from 'node:crypto';

import { StartRefusedError } from './environment.ts';
import { startHealthServer } from './health-server.ts';
import { createLog, type Log } from './log.ts';
import type { CommonConfig, ServiceModule, Started } from './service-module.ts';

const DRAIN_MS_MAX = 10_000;
/** The exit code that says "do not start me again like this" (EX_CONFIG). */
const REFUSED_EXIT_CODE = 78;

export interface RunningService {
  readonly name: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Runs one service for the life of the process: starts it, says `ready` on stdout, drains it on SIGTERM and
 * SIGINT, and ends with 78 where it refuses to start and 1 where something broke.
 */
export async function runService<Config extends CommonConfig>(
  module: ServiceModule<Config>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  await runServices([module as unknown as ServiceModule], environment);
}

/** Several services in one process, for small hosts. */
export async function runServices(
  modules: readonly ServiceModule[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const running: RunningService[] = [];
  let stopping = false;
  const stop = async (exitCode: number) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(exitCode || 1), DRAIN_MS_MAX).unref();
    await Promise.allSettled(running.map((service) => service.stop()));
    process.exit(exitCode);
  };
  process.once('SIGTERM', () => void stop(0));
  process.once('SIGINT', () => void stop(0));
  const crash = (error: unknown) => {
    process.stderr.write(`${JSON.stringify({ level: 'fatal', error: describe(error) })}\n`);
    void stop(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);

  try {
    for (const module of modules) running.push(await startService(module, environment, crash));
  } catch (error) {
    const refused =
      error instanceof StartRefusedError || (error instanceof Error && error.name === 'TopologyError');
    process.stderr.write(refused ? `${error.message}\n` : `${describe(error)}\n`);
    process.exit(refused ? REFUSED_EXIT_CODE : 1);
  }
}

/** Starts one service without touching the process: signals and exit codes are the caller's. */
export async function startService<Config extends CommonConfig>(
  module: ServiceModule<Config>,
  environment: Readonly<Record<string, string | undefined>>,
  fail: (error: unknown) => void,
): Promise<RunningService> {
  const config = module.config(environment);
  const instance = `${config.instance ?? module.name}-${randomBytes(4).toString('hex')}`;
  const log = createLog({ service: module.name, instance, level: config.log.level });
  const started = await module.start({ config, log, instance, fail });
  const state = { draining: false, health: () => started.health() };
  const healthServer = started.port === undefined ? await startHealthServer(config.health, state) : undefined;
  const port = started.port ?? healthServer?.port ?? 0;
  process.stdout.write(
    `${JSON.stringify({ event: 'ready', service: module.name, instance, port, pid: process.pid })}\n`,
  );
  return {
    name: module.name,
    port,
    async stop() {
      state.draining = true;
      await stopAndSay(started, log);
      await healthServer?.stop();
    },
  };
}

async function stopAndSay(started: Started, log: Log): Promise<void> {
  log.info({}, 'draining');
  await started.stop();
  log.info({}, 'stopped');
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
