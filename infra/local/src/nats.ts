import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { natsConfiguration, natsUsers } from './nats-config.ts';
import { foreignPart, LocalServer } from './part.ts';
import type { Part } from './part.ts';
import type { Found, Running } from './provider-chain.ts';
import { keptData } from './workspace.ts';
import type { Workspace } from './workspace.ts';
import { startContainer } from './containers.ts';

const HEALTH_TIMEOUT_MS = 1_000;

export interface NatsPart extends Part {
  /** The URL to sign in with as one of our users. */
  url(user: string): string;
  /** The server's own monitoring, on loopback; undefined for a server that is not ours. */
  readonly monitorUrl: string | undefined;
}

export async function startNats(
  found: Found,
  workspace: Workspace,
  { fsync }: { readonly fsync: boolean },
): Promise<NatsPart> {
  if (found.kind === 'running') {
    return Object.assign(foreignPart('nats', found), { url: foreignUrl(found), monitorUrl: undefined });
  }

  const directory = join(workspace.dataDir, 'nats');
  const configFile = join(directory, 'nats.conf');
  const { nats: port, natsMonitor: monitorPort } = workspace.ports;
  const monitorUrl = `http://127.0.0.1:${monitorPort}`;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const url = (user: string) => `nats://${user}:${secretOf(workspace, user)}@127.0.0.1:${port}`;
  if (found.kind === 'image') {
    const part = await startContainer('nats', {
      image: found.image,
      port,
      monitorPort,
      secrets: workspace.secrets,
      ...keptData(workspace),
    });
    return Object.assign(part, { url, monitorUrl });
  }

  const storeDir = join(directory, 'store');
  const { secrets } = workspace;
  await writeFile(configFile, natsConfiguration({ port, monitorPort, storeDir, secrets, fsync }), {
    mode: 0o600,
  });
  const server = new LocalServer(
    {
      name: 'nats',
      source: found.source,
      version: found.version,
      address: `127.0.0.1:${port}`,
      dataDir: directory,
      process: {
        name: 'nats',
        command: found.paths['nats-server'] ?? 'nats-server',
        args: ['-c', configFile],
        env: { ...found.env },
        logFile: workspace.logFile('nats'),
        mark: configFile,
      },
      isReady: () => isHealthy(monitorUrl),
    },
    workspace.records,
  );
  await server.start();

  return Object.assign(server, { url, monitorUrl });
}

export function natsSecretNames(): readonly string[] {
  return natsUsers().map((user) => `nats.${user}`);
}

/** A server that somebody else runs may have a user per service; else all share the one of the URL. */
function foreignUrl(found: Running): (user: string) => string {
  return (user) => found.urls?.[user] ?? found.url;
}

async function isHealthy(monitorUrl: string): Promise<boolean> {
  const answer = await fetch(`${monitorUrl}/healthz`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
  await answer.arrayBuffer();

  return answer.ok;
}

function secretOf(workspace: Workspace, user: string): string {
  const secret = workspace.secrets[`nats.${user}`];
  if (secret === undefined) throw new Error(`there is no NATS user ${user}`);

  return secret;
}
