import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { lockDataDir } from './lock.ts';
import type { Lock } from './lock.ts';
import { natsSecretNames, startNats } from './nats.ts';
import type { NatsPart } from './nats.ts';
import { postgresSecretNames, startPostgres } from './postgres.ts';
import type { PostgresPart } from './postgres.ts';
import { outsideHome } from './postgres-home.ts';
import { endLeftovers } from './process-records.ts';
import { firstThatWorks } from './provider-chain.ts';
import type { Found, PartName } from './provider-chain.ts';
import { mendOf, providersOf } from './providers.ts';
import { startRedis } from './redis.ts';
import type { RedisPart } from './redis.ts';
import { EPHEMERAL_PREFIX, sweepEphemeral } from './sweep.ts';
import { openWorkspace, recordsFile } from './workspace.ts';
import type { Workspace } from './workspace.ts';

export interface InfraOptions {
  /** Where everything is kept; a temporary folder, removed at the end, when none is given. */
  readonly dataDir?: string;
  /** Postgres waits for the disk. On by default; off in a temporary folder. */
  readonly fsync?: boolean;
  /** A local NATS waits for the disk. Off only where a bench fills a log: services that ask for it refuse to start. */
  readonly natsFsync?: boolean;
  readonly provider?: 'local' | 'containers';
  readonly offline?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  readonly say?: (line: string) => void;
}

/** NATS, Postgres and Redis, up and ours until `stop`. */
export interface Infra extends AsyncDisposable {
  readonly dataDir: string;
  readonly workspace: Workspace;
  readonly nats: NatsPart;
  readonly postgres: PostgresPart;
  readonly redis: RedisPart;
  stop(): Promise<void>;
}

/** Brings up what the services stand on, from nothing if need be. */
export async function startInfra(options: InfraOptions = {}): Promise<Infra> {
  const ephemeral = options.dataDir === undefined;
  if (ephemeral) await sweepEphemeral();
  const dataDir = resolve(options.dataDir ?? (await mkdtemp(join(tmpdir(), EPHEMERAL_PREFIX))));
  const lock = await lockDataDir(dataDir);
  try {
    const left = await endLeftovers(recordsFile(dataDir));
    if (left.length > 0) options.say?.(`Ended what an earlier run left behind: ${left.join(', ')}.`);
    const parts = await startParts(dataDir, options);
    return assemble(parts, { lock, ephemeral });
  } catch (error) {
    await endLeftovers(recordsFile(dataDir));
    await lock.release();
    throw error;
  }
}

interface Parts {
  readonly workspace: Workspace;
  readonly nats: NatsPart;
  readonly postgres: PostgresPart;
  readonly redis: RedisPart;
}

async function startParts(dataDir: string, options: InfraOptions): Promise<Parts> {
  const ephemeral = options.dataDir === undefined;
  const secretNames = [...natsSecretNames(), ...postgresSecretNames(), 'redis'];
  const workspace = await openWorkspace(dataDir, { secretNames, ephemeral });
  const fsync = options.fsync ?? !ephemeral;
  const results = await Promise.allSettled([
    find('nats', options).then((found) => startNats(found, workspace, { fsync: options.natsFsync ?? true })),
    find('postgres', options).then((found) =>
      startPostgres(found, workspace, { fsync, adminMayCreateDatabases: ephemeral }),
    ),
    find('redis', options).then((found) => startRedis(found, workspace)),
  ]);
  const [nats, postgres, redis] = results;
  if (nats.status === 'fulfilled' && postgres.status === 'fulfilled' && redis.status === 'fulfilled') {
    return { workspace, nats: nats.value, postgres: postgres.value, redis: redis.value };
  }

  const reasons = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as Error);
  await Promise.all(
    results.filter((result) => result.status === 'fulfilled').map(({ value }) => value.stop()),
  );
  throw new AggregateError(reasons, reasons.map((reason) => reason.message).join('\n\n'));
}

function find(name: PartName, options: InfraOptions): Promise<Found> {
  const environment = options.environment ?? process.env;
  const provider =
    options.provider ?? (environment['PARLEY_INFRA'] === 'containers' ? 'containers' : 'local');
  const all = providersOf(name);
  const providers = provider === 'containers' ? all.filter((each) => each.name === 'Docker') : all;

  return firstThatWorks(
    {
      name,
      providers,
      mend: provider === 'containers' ? ['unset PARLEY_INFRA', ...mendOf(name)] : mendOf(name),
    },
    { environment, offline: options.offline ?? false, say: options.say ?? (() => undefined) },
  );
}

function assemble(parts: Parts, run: { readonly lock: Lock; readonly ephemeral: boolean }): Infra {
  const { workspace } = parts;
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await Promise.all([parts.nats.stop(), parts.postgres.stop(), parts.redis.stop()]);
    await run.lock.release();
    if (run.ephemeral) await removeData(workspace.dataDir);
  };
  const stopOnce = () => (stopping ??= stop());

  return { ...parts, dataDir: workspace.dataDir, stop: stopOnce, [Symbol.asyncDispose]: stopOnce };
}

/** Removes a data folder, and what of it had to live elsewhere. Nothing may run on it. */
export async function removeData(dataDir: string): Promise<void> {
  await rm(dataDir, { recursive: true, force: true });
  await rm(outsideHome(dataDir), { recursive: true, force: true });
}
