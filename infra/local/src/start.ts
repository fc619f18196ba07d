import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { buildWebApp } from './build-web-app.ts';
import { cacheDirectory, exists } from './cache.ts';
import { removeData, startInfra } from './infra.ts';
import type { Infra } from './infra.ts';
import { DataDirInUseError, liveHolder, lockDataDir } from './lock.ts';
import { isFreePort } from './ports.ts';
import { endLeftovers } from './process-records.ts';
import { PartUnavailableError, ServerRefusedError } from './provider-chain.ts';
import { demoSignIns, seedDemo } from './seed.ts';
import { HELP, OptionError, parseStartOptions } from './start-options.ts';
import type { StartOptions } from './start-options.ts';
import { ServiceFailedError } from './supervisor.ts';
import { SERVICES, startSystem } from './system.ts';
import type { System } from './system.ts';
import { formatTable } from './table.ts';
import { recordsFile } from './workspace.ts';

const DEFAULT_PORT = 8080;
const PORT_TRY_COUNT_MAX = 100;
/** Terminal and npm both pass the same Ctrl-C on; what comes later is a second one. */
const SAME_KEY_PRESS_MS = 1_000;
const INTERRUPTED_EXIT_CODE = 130;

/** What an operator can read and mend; everything else is a fault and shows its stack. */
const PLAIN_ERRORS = [
  OptionError,
  DataDirInUseError,
  PartUnavailableError,
  ServerRefusedError,
  ServiceFailedError,
  AggregateError,
];

await main();

async function main(): Promise<void> {
  try {
    const options = parseStartOptions(process.argv.slice(2), process.cwd());
    if (options.help) {
      say(HELP);
      return;
    }
    await runUntilAsked(options);
    process.exit(0);
  } catch (error) {
    const plain = PLAIN_ERRORS.some((kind) => error instanceof kind);
    process.stderr.write(`${plain ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
    process.exit(1);
  }
}

async function runUntilAsked(options: StartOptions): Promise<void> {
  const startedAt = performance.now();
  const asked = stopAsked(options.dataDir);
  if (options.reset) await reset(options.dataDir);
  // Before anything is started, so that a taken port is said at once.
  if (options.port !== undefined && !(await isFreePort(options.port))) throw portTaken(options.port);
  if (options.services.includes('gateway')) await buildWebApp(say);
  say('Starting NATS, Postgres and Redis …');
  await using infra = await startInfra({
    dataDir: options.dataDir,
    fsync: true,
    offline: options.offline,
    say,
  });
  for (const part of [infra.nats, infra.postgres, infra.redis]) part.keepAlive(say);
  say(`Starting ${options.services.join(', ')} …`);
  await using claim = await claimPort(options.port);
  await using system = await startSystem({ ...options, infra, port: claim.port, say });
  const isComplete = options.services.length === SERVICES.length;
  if (isComplete) await seedOnce(infra, system);
  describe(infra, system, isComplete);
  say(`Ready after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s. Ctrl-C stops it.`);
  await asked;
  say('Draining …');
}

/** Resolves on the first signal. A second one means now: what still runs is ended hard. */
function stopAsked(dataDir: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const ask = () => {
    firstAt ??= performance.now();
    resolve();
    if (performance.now() - firstAt < SAME_KEY_PRESS_MS) return;
    void endLeftovers(recordsFile(dataDir)).finally(() => process.exit(INTERRUPTED_EXIT_CODE));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);

  return promise;
}

async function reset(dataDir: string): Promise<void> {
  const holder = await liveHolder(dataDir);
  if (holder !== undefined) {
    throw new DataDirInUseError(`Parley runs on ${dataDir} (process ${holder.pid}); stop it before --reset.`);
  }
  await endLeftovers(recordsFile(dataDir));
  await removeData(dataDir);
  say(`Deleted ${dataDir}.`);
}

interface PortClaim extends AsyncDisposable {
  readonly port: number;
}

/**
 * The port to open. A claim keeps it from another start of the same person until the gateway listens on it:
 * two that look at the same moment would both find it free.
 */
async function claimPort(asked: number | undefined): Promise<PortClaim> {
  const first = asked ?? DEFAULT_PORT;
  const last = asked ?? DEFAULT_PORT + PORT_TRY_COUNT_MAX;
  for (let port = first; port <= last; port += 1) {
    const lock = await lockDataDir(join(cacheDirectory(process.env), 'ports', String(port))).catch(
      () => undefined,
    );
    if (lock === undefined) continue;
    if (await isFreePort(port)) return { port, [Symbol.asyncDispose]: () => lock.release() };
    await lock.release();
  }
  throw asked === undefined
    ? new OptionError(`No port from ${DEFAULT_PORT} on is free. Name one with --port.`)
    : portTaken(asked);
}

function portTaken(port: number): OptionError {
  return new OptionError(`Port ${port} is taken. Name another one with --port.`);
}

async function seedOnce(infra: Infra, system: System): Promise<void> {
  const marker = join(infra.dataDir, 'seeded');
  const [gatewayUrl] = system.gatewayUrls;
  if (gatewayUrl === undefined || (await exists(marker))) return;

  say('Telling the demo’s first stories …');
  const outcome = await seedDemo(gatewayUrl);
  await writeFile(marker, outcome);
}

function describe(infra: Infra, system: System, isComplete: boolean): void {
  const parts = [infra.nats, infra.postgres, infra.redis].map((part) => [
    part.name,
    part.source,
    part.version,
    part.address,
    part.dataDir ?? '(not ours)',
  ]);
  const services = system.processes.map((running) => [
    running.name,
    'this clone',
    `Node ${process.versions.node}`,
    `process ${running.pid}`,
    infra.workspace.logFile(running.name),
  ]);
  say('');
  say(formatTable(['part', 'source', 'version', 'address', 'data or log'], [...parts, ...services]));
  say('');
  for (const url of system.gatewayUrls) say(`Open ${url}/chat/`);
  if (!isComplete) return;

  for (const { displayName, username, password } of demoSignIns()) {
    say(`  ${displayName.padEnd(5)} signs in as ${username.padEnd(5)} with ${password}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
