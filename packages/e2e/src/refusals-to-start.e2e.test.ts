import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findNatsServer, findOutdatedNatsServer, natsConfiguration } from '@parley/local';
import { story as base, until, type World } from '@parley/testing';
import { beforeAll, describe, expect } from 'vitest';

const SERVICES = join(import.meta.dirname, '..', '..', '..', 'services');
const REFUSED_EXIT_CODE = 78;
const REFUSAL_MS_MAX = 60_000;
/** A first run fetches what the machine does not have. */
const FETCH_MS_MAX = 300_000;

/** Where a broker of the story's own may live. */
interface Plot {
  readonly directory: string;
  readonly port: number;
  readonly monitorPort: number;
}

const test = base.extend<{
  /** Starts one beside the system's own; answers its port once it serves. It does not outlive the test. */
  startBroker: (program: string, argumentsOn: (plot: Plot) => readonly string[]) => Promise<number>;
}>({
  startBroker: async ({}, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'parley-e2e-'));
    const children: ChildProcess[] = [];
    await use(async (program, argumentsOn) => {
      const plot = { directory, port: await freePort(), monitorPort: await freePort() };
      children.push(spawn(program, argumentsOn(plot), { stdio: 'ignore' }));
      await answers(plot.monitorPort);
      return plot.port;
    });
    for (const child of children) {
      if (child.exitCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(directory, { recursive: true, force: true });
  },
});

/** Starts a service on that broker, with everything else as it should be. */
async function startOn(world: World, service: string, natsPort: number) {
  const { infra, signingKeyFile } = world.system;
  const child = spawn(process.execPath, [join(SERVICES, service, 'src', 'main.ts')], {
    env: {
      NATS_URL: `nats://${service}:${passwordOf(service)}@127.0.0.1:${natsPort}`,
      DATABASE_URL: infra.postgresUrls[service] ?? '',
      REDIS_URL: infra.redisUrl,
      SIGNING_KEY_FILE: signingKeyFile,
      PORT: '0',
      METRICS_PORT: '0',
      TENANT: 'main',
      INSTANCE: `${service}-refused`,
      INSTANCE_ORDINAL: '0',
      INSTANCE_COUNT: '1',
      LOG_LEVEL: 'info',
      DURABILITY: 'strict',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    // One that is not refused would run for ever.
    timeout: REFUSAL_MS_MAX,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said: said.trim() };
}

function passwordOf(user: string): string {
  return `the-password-of-${user}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function answers(monitorPort: number): Promise<void> {
  await until({
    look: () =>
      fetch(`http://127.0.0.1:${monitorPort}/healthz`).then(
        () => true,
        () => undefined,
      ),
    instead: () => 'the broker does not answer',
  });
}

describe('a service refuses a broker that cannot keep its promises', () => {
  const services = ['message', 'file', 'conversation', 'identity', 'presence', 'gateway'];
  let program: string;
  let outdatedProgram: string;

  beforeAll(async () => {
    [program, outdatedProgram] = await Promise.all([findNatsServer(), findOutdatedNatsServer()]);
  }, FETCH_MS_MAX);

  test('one that is too old', async ({ world, startBroker }) => {
    const port = await startBroker(outdatedProgram, (plot) => [
      '--addr=127.0.0.1',
      `--port=${plot.port}`,
      `--http_port=${plot.monitorPort}`,
      '--jetstream',
      `--store_dir=${plot.directory}`,
    ]);

    for (const service of services) {
      const { code, said } = await startOn(world, service, port);
      expect([service, code]).toEqual([service, REFUSED_EXIT_CODE]);
      expect(said).toMatch(/^NATS 2\.\d+\.\d+ is too old .*2\.14 or newer is needed\.$/);
    }
  });

  test('one that writes to the disk when it has time', async ({ world, startBroker }) => {
    const users = Object.keys(world.system.infra.natsUrls);
    const secrets = Object.fromEntries(users.map((user) => [`nats.${user}`, passwordOf(user)]));
    const port = await startBroker(program, ({ directory, ...ports }) => {
      // Only this is wrong with it.
      const lazy = natsConfiguration({ ...ports, storeDir: directory, secrets }).replace(
        'sync_interval: always',
        'sync_interval: "2m"',
      );
      const file = join(directory, 'nats.conf');
      writeFileSync(file, lazy, { mode: 0o600 });
      return ['-c', file];
    });

    for (const service of services) {
      const { code, said } = await startOn(world, service, port);
      expect([service, code]).toEqual([service, REFUSED_EXIT_CODE]);
      expect(said).toMatch(/^NATS .* does not sync every write\. Set "sync_interval: always"/);
    }
  });
});
