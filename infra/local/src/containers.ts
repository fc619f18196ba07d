import { request } from 'node:http';
import { join } from 'node:path';

import type { GenericContainer, StartedTestContainer } from 'testcontainers';

import { natsConfiguration } from './nats-config.ts';
import type { Part } from './part.ts';
import type { PartName } from './provider-chain.ts';
import { redisConfiguration } from './redis-config.ts';
import type { Secrets } from './secrets.ts';

/** The one place that names images, pinned; docker-compose.yml is held to it by a test. */
export const IMAGES = {
  nats: 'nats:2.15.1-alpine',
  postgres: 'postgres:18.4-alpine',
  redis: 'redis:8.4-alpine',
} as const satisfies Record<PartName, string>;

const PING_TIMEOUT_MS = 2_000;
const STOP_GRACE_MS = 10_000;
const DEFAULT_SOCKET = '/var/run/docker.sock';
/** Inside a container: its own network, so no other program can hold these. */
const INNER_PORT = { nats: 4222, natsMonitor: 8222, postgres: 5432, redis: 6379 } as const;

export interface ContainerPlan {
  readonly image: string;
  readonly port: number;
  readonly monitorPort?: number;
  readonly secrets: Secrets;
  /** Where data outlives the container; without it, it goes with it. */
  readonly dataDir?: string;
}

/** Whether a Docker engine answers; the client program alone says nothing. */
export function engineAnswers(host: string = process.env['DOCKER_HOST'] ?? ''): Promise<boolean> {
  const target = host.startsWith('tcp://')
    ? { host: new URL(host).hostname, port: new URL(host).port }
    : { socketPath: host.startsWith('unix://') ? host.slice('unix://'.length) : DEFAULT_SOCKET };

  return new Promise((resolve) => {
    const ping = request({ ...target, path: '/_ping', timeout: PING_TIMEOUT_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    ping.once('timeout', () => ping.destroy());
    ping.once('error', () => resolve(false));
    ping.end();
  });
}

/** A part in a container of its own, configured as the local one is. Testcontainers removes it with us. */
export async function startContainer(name: PartName, plan: ContainerPlan): Promise<Part> {
  // Loaded only where it is used: it is large, and most machines never need it.
  const { GenericContainer, Wait } = await import('testcontainers');
  const prepare = { nats: prepareNats, postgres: preparePostgres, redis: prepareRedis }[name];
  const container = await prepare(new GenericContainer(plan.image), plan)
    .withWaitStrategy(Wait.forListeningPorts())
    .start();

  return containerPart(name, plan, container);
}

function prepareNats(container: GenericContainer, plan: ContainerPlan): GenericContainer {
  const content = natsConfiguration({
    host: '0.0.0.0',
    port: INNER_PORT.nats,
    monitorPort: INNER_PORT.natsMonitor,
    storeDir: '/data',
    secrets: plan.secrets,
  });
  const monitor =
    plan.monitorPort === undefined ? [] : [{ container: INNER_PORT.natsMonitor, host: plan.monitorPort }];

  return keeping(container, plan, { name: 'nats', target: '/data' })
    .withCopyContentToContainer([{ content, target: '/etc/parley/nats.conf' }])
    .withCommand(['-c', '/etc/parley/nats.conf'])
    .withExposedPorts({ container: INNER_PORT.nats, host: plan.port }, ...monitor);
}

function preparePostgres(container: GenericContainer, plan: ContainerPlan): GenericContainer {
  return keeping(container, plan, { name: 'postgres', target: '/var/lib/postgresql' })
    .withEnvironment({ POSTGRES_PASSWORD: plan.secrets['postgres.postgres'] ?? '' })
    .withCommand(['postgres', '-c', 'timezone=UTC', '-c', 'max_connections=120'])
    .withExposedPorts({ container: INNER_PORT.postgres, host: plan.port });
}

function prepareRedis(container: GenericContainer, plan: ContainerPlan): GenericContainer {
  const password = plan.secrets['redis'] ?? '';
  const settings = { host: '0.0.0.0', port: INNER_PORT.redis, directory: '/data', password };

  return container
    .withCopyContentToContainer([{ content: redisConfiguration(settings), target: '/etc/parley/redis.conf' }])
    .withCommand(['redis-server', '/etc/parley/redis.conf'])
    .withExposedPorts({ container: INNER_PORT.redis, host: plan.port });
}

function keeping(
  container: GenericContainer,
  plan: ContainerPlan,
  mount: { readonly name: string; readonly target: string },
): GenericContainer {
  if (plan.dataDir === undefined) return container;

  return container.withBindMounts([{ source: join(plan.dataDir, mount.name), target: mount.target }]);
}

function containerPart(name: PartName, plan: ContainerPlan, container: StartedTestContainer): Part {
  const stop = async (timeout: number) => {
    await container.stop({ remove: false, timeout });
  };
  const start = () => container.restart({ timeout: STOP_GRACE_MS });

  return {
    name,
    source: 'Docker',
    version: plan.image.split(':').at(-1) ?? '',
    address: `127.0.0.1:${plan.port}`,
    dataDir: plan.dataDir,
    pid: undefined,
    stop: () => stop(STOP_GRACE_MS),
    kill: () => stop(0),
    start,
    restart: start,
    keepAlive: () => undefined,
  };
}
