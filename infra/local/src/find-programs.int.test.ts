import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { programsIn } from './find-programs.ts';
import { ServerRefusedError } from './provider-chain.ts';
import { programProvidersOf } from './providers.ts';
import { runningServer } from './running-server.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-programs-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A program that says this of its version, as a machine's own may. */
async function install(name: string, says: string, where = directory) {
  const file = join(where, name);
  await mkdir(where, { recursive: true });
  await writeFile(file, `#!/bin/sh\necho '${says}'\n`);
  await chmod(file, 0o755);
}

describe('programs on the machine', () => {
  test('an old NATS on PATH is left alone, with the reason', async () => {
    await install('nats-server', 'nats-server: v2.9.10');
    expect(await programsIn('nats', [directory], { source: 'on PATH' })).toEqual({
      kind: 'miss',
      why: `${join(directory, 'nats-server')} is 2.9.10, older than 2.14.0`,
    });
  });

  test('Postgres without its initdb is no Postgres', async () => {
    await install('postgres', 'postgres (PostgreSQL) 18.4');
    expect(await programsIn('postgres', [directory], { source: 'on PATH' })).toMatchObject({ kind: 'miss' });
    await install('initdb', 'initdb (PostgreSQL) 18.4');
    expect(await programsIn('postgres', [directory], { source: 'on PATH' })).toMatchObject({
      kind: 'programs',
      version: '18.4.0',
    });
  });

  test('a program that does not run is one more reason, not a crash', async () => {
    await writeFile(join(directory, 'redis-server'), 'no program');
    expect(await programsIn('redis', [directory], { source: 'on PATH' })).toMatchObject({ kind: 'miss' });
  });
});

test('an old NATS in the cache, from another Debian, does not stand in the way of the new one', async () => {
  const cache = join(directory, 'cache', 'parley');
  const unpacked = (suite: string) =>
    join(cache, `debian-nats-server-${suite}-${process.arch}`, 'usr', 'sbin');
  await install('nats-server', 'nats-server: v2.9.10', unpacked('bookworm'));
  await install('nats-server', 'nats-server: v2.15.1', unpacked('testing'));
  const provider = programProvidersOf('nats').find(({ name }) => name === 'cached download');
  const environment = { XDG_CACHE_HOME: join(directory, 'cache') };

  expect(await provider?.find({ environment, offline: true, say: () => undefined })).toMatchObject({
    kind: 'programs',
    version: '2.15.1',
  });
});

test('a NATS that the environment names is refused when it is old, and no other is taken', async () => {
  const server = createServer((socket) => socket.write('INFO {"server_id":"N","version":"2.9.10"} \r\n'));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // Listening on a port, its address is of this kind.
  const { port } = server.address() as AddressInfo;
  const refused = runningServer('nats', `nats://127.0.0.1:${port}`, 'NATS_URL');

  await expect(refused).rejects.toBeInstanceOf(ServerRefusedError);
  await expect(refused).rejects.toThrow('NATS_URL: the server is 2.9.10, older than 2.14.0.');
  server.close();
});
