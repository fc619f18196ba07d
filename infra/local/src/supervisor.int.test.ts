import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ProcessRecords } from './process-records.ts';
import { SupervisedService } from './supervisor.ts';

const READY = `console.log(JSON.stringify({ event: 'ready', service: 'message', port: 4711, pid: process.pid }));`;
const KEEPS_RUNNING = 'setInterval(() => {}, 1000);';
const DRAINS = `process.on('SIGTERM', () => { console.log('drained'); process.exit(0); });`;

let directory: string;
let said: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-supervisor-'));
  said = [];
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A service process that consists of these lines. */
async function service(...lines: string[]): Promise<SupervisedService> {
  const script = join(directory, 'main.mjs');
  await writeFile(script, lines.join('\n'));

  return new SupervisedService(
    { name: 'message-1', script, env: { ...process.env } },
    {
      records: new ProcessRecords(join(directory, 'processes.json')),
      logFile: (name) => join(directory, `${name}.log`),
      say: (line) => said.push(line),
    },
  );
}

async function recorded(): Promise<unknown> {
  return JSON.parse(await readFile(join(directory, 'processes.json'), 'utf8'));
}

describe('a supervised service', () => {
  test('is started, says its port, and drains when it is stopped', async () => {
    const message = await service(DRAINS, READY, KEEPS_RUNNING);
    await message.start();
    expect(message.portOf('message')).toBe(4711);

    await message.stop();
    expect(message.pid).toBeUndefined();
    expect(await readFile(join(directory, 'message-1.log'), 'utf8')).toContain('drained');
    expect(message.restartCount).toBe(0);
  });

  test('is started again when it is killed', async () => {
    const message = await service(READY, KEEPS_RUNNING);
    await message.start();
    const { pid } = message;
    message.kill();
    await message.ready();

    expect(message.pid).not.toBe(pid);
    expect(message.restartCount).toBe(1);
    expect(said).toEqual(['message-1 ended (SIGKILL); starting it again.']);
    await message.stop();
  });

  test('that refuses to start is not started again, and its sentence is shown', async () => {
    const message = await service(`console.error('The stream EVT_CONV is missing.'); process.exit(78);`);

    await expect(message.start()).rejects.toThrow(
      /did not start \(code 78\)[^]*The stream EVT_CONV is missing\./,
    );
    expect(message.restartCount).toBe(0);
  });

  test('that never gets ready is given up after a few tries', async () => {
    const message = await service(`console.error('no way'); process.exit(1);`);

    await expect(message.start()).rejects.toThrow(/did not start \(code 1\)[^]*no way/);
    expect(message.restartCount).toBe(5);
  });

  test('that does not drain is ended hard', async () => {
    const message = await service(`process.on('SIGTERM', () => {});`, READY, KEEPS_RUNNING);
    await message.start();
    await message.stop(200);
    expect(message.pid).toBeUndefined();
  });

  test('is written down while it runs, and only then', async () => {
    const message = await service(READY, KEEPS_RUNNING);
    await message.start();
    expect(await recorded()).toMatchObject({ 'message-1': { pid: message.pid } });
    await message.stop();
    expect(await recorded()).toEqual({});
  });
});
