import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { startContainer } from './containers.ts';
import { foreignPart, LocalServer } from './part.ts';
import type { Part } from './part.ts';
import type { Found } from './provider-chain.ts';
import { redisConfiguration } from './redis-config.ts';
import { keptData } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const CONNECT_TIMEOUT_MS = 1_000;

export interface RedisPart extends Part {
  readonly url: string;
}

export async function startRedis(found: Found, workspace: Workspace): Promise<RedisPart> {
  if (found.kind === 'running') return Object.assign(foreignPart('redis', found), { url: found.url });

  const { redis: port } = workspace.ports;
  const password = workspace.secrets['redis'] ?? '';
  const url = `redis://:${password}@127.0.0.1:${port}`;
  if (found.kind === 'image') {
    const part = await startContainer('redis', {
      image: found.image,
      port,
      secrets: workspace.secrets,
      ...keptData(workspace),
    });
    return Object.assign(part, { url });
  }

  const directory = join(workspace.dataDir, 'redis');
  const configFile = join(directory, 'redis.conf');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(configFile, redisConfiguration({ port, directory, password }), { mode: 0o600 });
  const server = new LocalServer(
    {
      name: 'redis',
      source: found.source,
      version: found.version,
      address: `127.0.0.1:${port}`,
      dataDir: directory,
      process: {
        name: 'redis',
        command: found.paths['redis-server'] ?? 'redis-server',
        args: [configFile],
        env: { ...found.env },
        logFile: workspace.logFile('redis'),
        // Redis rewrites its own command line; its address is what stays in it.
        mark: `:${port}`,
      },
      isReady: () => answersPing(url),
    },
    workspace.records,
  );
  await server.start();

  return Object.assign(server, { url });
}

async function answersPing(url: string): Promise<boolean> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => undefined,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } finally {
    client.disconnect();
  }
}
