import { join } from 'node:path';

import type { Infra } from './infra.ts';
import { freePort } from './ports.ts';
import { SHARED_PROCESS_VARIABLE } from './shared-process.ts';
import { ensureSigningKey } from './signing-key.ts';
import { SupervisedService } from './supervisor.ts';
import type { ServicePlan } from './supervisor.ts';
import { migrateSystem } from './migrate-system.ts';

/** Every service there is, in the order in which they are started. */
export const SERVICES = ['identity', 'conversation', 'file', 'message', 'presence', 'gateway'] as const;
export type ServiceName = (typeof SERVICES)[number];

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const SERVICES_WITH_SCHEMA = new Set<ServiceName>(['identity', 'conversation', 'file', 'message']);

export interface SystemOptions {
  readonly infra: Infra;
  /** How many gateways; each serves on a port of its own. */
  readonly gateways?: number;
  /** How many of the other services; one unless told. */
  readonly instances?: Partial<Readonly<Record<Exclude<ServiceName, 'gateway'>, number>>>;
  /** Which services, in how many processes: `multi` is a process each, `together` one for all. */
  readonly services?: readonly ServiceName[];
  readonly processes?: 'multi' | 'together';
  /** The port of the first gateway; any free one unless told. */
  readonly port?: number;
  readonly tenant?: string;
  readonly logLevel?: string;
  /** More variables, for every service. */
  readonly env?: Readonly<Record<string, string>>;
  readonly say?: (line: string) => void;
  readonly migrate?: boolean;
}

/** The services, running. */
export interface System extends AsyncDisposable {
  readonly processes: readonly SupervisedService[];
  /** http://127.0.0.1:port of each gateway. */
  readonly gatewayUrls: readonly string[];
  /** The process of an instance, e.g. `message-1`; in a shared process, that one. */
  process(instance: string): SupervisedService;
  /** Drains and ends everything, gateways first. */
  stop(): Promise<void>;
}

interface Instance {
  readonly service: ServiceName;
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Migrates, then starts the services on an infrastructure that is up. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { infra } = options;
  if (options.migrate !== false) {
    await migrateSystem({ natsUrl: infra.nats.url('admin'), databaseUrl: infra.postgres.url('admin') });
  }

  const instances = await plannedInstances(options);
  const supervision = {
    records: infra.workspace.records,
    logFile: (name: string) => infra.workspace.logFile(name),
    ...(options.say === undefined ? {} : { say: options.say }),
  };
  const processes = servicePlans(instances, options).map((plan) => new SupervisedService(plan, supervision));
  const stop = () => stopAll(processes);
  try {
    await Promise.all(processes.map((process) => process.start()));
  } catch (error) {
    await stop();
    throw error;
  }

  return { ...describe(instances, processes), processes, stop, [Symbol.asyncDispose]: stop };
}

function describe(instances: readonly Instance[], processes: readonly SupervisedService[]) {
  return {
    gatewayUrls: instances
      .filter(({ service }) => service === 'gateway')
      .map(({ env }) => `http://127.0.0.1:${env['PORT']}`),
    process(instance: string): SupervisedService {
      const own = processes.find(({ name }) => name === instance);
      const shared = instances.some(({ name }) => name === instance) ? processes[0] : undefined;
      const found = own ?? shared;
      if (found === undefined) throw new Error(`there is no instance ${instance}`);
      return found;
    },
  };
}

/** Gateways first, so that nobody is let in to a house whose rooms are closing. */
async function stopAll(processes: readonly SupervisedService[]): Promise<void> {
  const gateways = processes.filter(({ name }) => name.startsWith('gateway'));
  await Promise.all(gateways.map((process) => process.stop()));
  await Promise.all(processes.map((process) => process.stop()));
}

async function plannedInstances(options: SystemOptions): Promise<readonly Instance[]> {
  const { infra } = options;
  const signingKeyFile = await ensureSigningKey(join(infra.dataDir, 'keys'));
  const instances: Instance[] = [];
  for (const service of options.services ?? SERVICES) {
    const count = service === 'gateway' ? (options.gateways ?? 1) : (options.instances?.[service] ?? 1);
    for (let ordinal = 0; ordinal < count; ordinal += 1) {
      const port = service === 'gateway' ? await gatewayPort(ordinal, options.port) : 0;
      instances.push({
        service,
        name: `${service}-${ordinal + 1}`,
        env: {
          ...connections(infra, service),
          ...(service === 'identity' ? { SIGNING_KEY_FILE: signingKeyFile, REGISTRATION: 'open' } : {}),
          PORT: String(port),
          METRICS_PORT: '0',
          TENANT: options.tenant ?? 'main',
          INSTANCE: `${service}-${ordinal + 1}`,
          INSTANCE_ORDINAL: String(ordinal),
          INSTANCE_COUNT: String(count),
          LOG_LEVEL: options.logLevel ?? 'info',
          DURABILITY: 'strict',
          ...options.env,
        },
      });
    }
  }

  return instances;
}

async function gatewayPort(ordinal: number, first: number | undefined): Promise<number> {
  return first === undefined || ordinal > 0 ? freePort() : first;
}

/** A service gets its own credentials and nobody else's. */
function connections(infra: Infra, service: ServiceName): Readonly<Record<string, string>> {
  return {
    NATS_URL: infra.nats.url(service),
    REDIS_URL: infra.redis.url,
    ...(SERVICES_WITH_SCHEMA.has(service) ? { DATABASE_URL: infra.postgres.url(service) } : {}),
  };
}

function servicePlans(instances: readonly Instance[], options: SystemOptions): readonly ServicePlan[] {
  const base = {
    ...inheritedEnvironment(),
    // Types are stripped once, not at every start; about 20 MB and 0.3 s less for each process.
    NODE_COMPILE_CACHE: join(options.infra.dataDir, 'compile-cache'),
  };
  if (options.processes === 'together') {
    const environments = Object.fromEntries(instances.map(({ name, env }) => [name, env]));
    return [
      {
        name: instances.map(({ name }) => name).join('+'),
        script: join(REPOSITORY, 'infra/local/src/target.ts'),
        args: instances.map(({ name }) => name),
        env: { ...base, [SHARED_PROCESS_VARIABLE]: JSON.stringify(environments) },
        readyLineCount: instances.length,
      },
    ];
  }

  return instances.map(({ service, name, env }) => ({
    name,
    script: join(REPOSITORY, `services/${service}/src/main.ts`),
    env: { ...base, ...env },
  }));
}

/** Only what a process needs to run at all: no secret of the person who started us reaches a service. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TZ', 'LANG', 'TMPDIR', 'NODE_OPTIONS'];

  return Object.fromEntries(
    names.map((name) => [name, process.env[name]]).filter(([, value]) => value !== undefined),
  );
}
