import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Infra, System } from '@parley/local';

import type { TappedLine } from './overhear.ts';
import { wellAgain } from './well-again.ts';

/** What can be done to a part: a server or one instance of a service. */
export const leverVerbs = ['stop', 'start', 'kill', 'restart'] as const;
export type LeverVerb = (typeof leverVerbs)[number];

type Lever = () => Promise<void>;
type Levers = { readonly [Verb in LeverVerb]: Lever } & { readonly pid: () => number | undefined };

/**
 * The system runs in the process that starts the tests, and the tests in others: over this they reach its parts.
 * On loopback, on a port that nobody is told but them.
 */
export async function serveLevers(
  around: Omit<Parts, 'down'>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const parts: Parts = { ...around, down: new Set() };
  const server = createServer((request, response) => {
    answer(parts, request).then(
      (body) => response.end(JSON.stringify(body)),
      (error: unknown) => refuse(response, error),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Parts {
  readonly infra: Infra;
  readonly system: System;
  /** The lines to its gateways. */
  readonly lines: readonly TappedLine[];
  /** What a story has stopped and not started yet. */
  readonly down: Set<string>;
}

async function answer(parts: Parts, request: IncomingMessage): Promise<unknown> {
  const [part = '', verb = ''] = new URL(request.url ?? '/', 'http://levers').pathname.slice(1).split('/');
  if (part === 'services') return { names: parts.system.processes.map(({ name }) => name) };
  if (part === 'overheard') return { deliveries: parts.lines.flatMap((line) => line.take()) };
  if (part === 'mend') return mend(parts);
  const wanted = leverVerbs.find((one) => one === verb);
  if (wanted !== undefined) await pull(parts, part, wanted);
  return { pid: leversOf(parts, part).pid() };
}

/** Comes back when it is done; and where nothing is down any more, when everybody is well. */
async function pull(parts: Parts, part: string, verb: LeverVerb): Promise<void> {
  const { system, down } = parts;
  const staysDown = verb === 'stop' || (verb === 'kill' && isServer(part));
  if (staysDown) down.add(part);
  await leversOf(parts, part)[verb]();
  if (staysDown) return;
  down.delete(part);
  if (down.size === 0) await wellAgain(system);
}

/** Starts what is down, and waits until everybody is well. */
async function mend(parts: Parts): Promise<object> {
  const mended = [...parts.down];
  for (const part of mended) await leversOf(parts, part).start();
  parts.down.clear();
  await wellAgain(parts.system);
  return { mended };
}

function isServer(part: string): part is 'nats' | 'postgres' | 'redis' {
  return part === 'nats' || part === 'postgres' || part === 'redis';
}

function leversOf({ infra, system }: Parts, part: string): Levers {
  if (isServer(part)) {
    const server = infra[part];
    return {
      stop: () => server.stop(),
      start: () => server.start(),
      kill: () => server.kill(),
      restart: () => server.restart(),
      pid: () => server.pid,
    };
  }
  const service = system.process(part);
  return {
    stop: () => service.stop(),
    start: () => service.start(),
    // The supervisor starts it again; the lever is back when it is.
    kill: async () => {
      service.kill();
      await service.ready();
    },
    restart: async () => {
      await service.stop();
      await service.start();
    },
    pid: () => service.pid,
  };
}

function refuse(response: ServerResponse, error: unknown): void {
  response.statusCode = 500;
  response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
}
