import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Health } from './service-module.ts';

const HEADERS_TIMEOUT_MS = 10_000;

export interface HealthServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** The answer to one of the four questions of an orchestrator, or undefined for any other path. */
export async function answerHealth(
  path: string,
  state: {
    readonly started: boolean;
    readonly draining: boolean;
    readonly health: () => Promise<Health> | Health;
  },
): Promise<{ readonly status: 200 | 503; readonly body: object } | undefined> {
  if (path === '/livez') return { status: 200, body: { status: 'alive' } };
  if (path === '/startupz') {
    return { status: state.started ? 200 : 503, body: { status: state.started ? 'started' : 'starting' } };
  }
  if (path !== '/readyz' && path !== '/health') return undefined;
  const health = await state.health();
  const ready = state.started && !state.draining && health.healthy;
  const body = {
    status: state.draining ? 'draining' : ready ? 'ready' : 'degraded',
    components: health.components,
    memoryBytes: process.memoryUsage.rss(),
    uptimeSeconds: Math.round(process.uptime()),
  };
  return { status: ready ? 200 : 503, body };
}

/** Health for a service that serves no port of its own. */
export async function startHealthServer(
  listen: { readonly host: string; readonly port: number },
  state: { readonly draining: boolean; readonly health: () => Promise<Health> | Health },
): Promise<HealthServer> {
  async function respond(path: string, response: ServerResponse): Promise<void> {
    const answer = await answerHealth(path, {
      started: true,
      draining: state.draining,
      health: state.health,
    });
    response.writeHead(answer?.status ?? 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer?.body ?? { status: 'no such path' }));
  }

  const server = createServer((request, response) => {
    void respond(request.url ?? '/', response);
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
