import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DataDirInUseError, lockDataDir } from './lock.ts';
import { endLeftovers, isSameProcess, ProcessRecords, startMarkOf } from './process-records.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-records-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('what a crash leaves behind', () => {
  test('a recorded process is ended by the next run', async () => {
    const child = spawn('/bin/sleep', ['600']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const file = join(directory, 'processes.json');
    const ended = once(child, 'exit');
    new ProcessRecords(file).add('sleeper', {
      pid,
      mark: 'sleep 600',
      startMark: startMarkOf(pid) ?? '',
      stopSignal: 'SIGTERM',
    });

    expect(await endLeftovers(file)).toEqual(['sleeper']);
    await ended;
    expect(child.signalCode).toBe('SIGTERM');
  });

  test('a process that only has the same number is left alone', () => {
    const own = { pid: process.pid, mark: 'node', stopSignal: 'SIGTERM' } as const;

    expect(isSameProcess({ ...own, mark: '', startMark: startMarkOf(process.pid) ?? '' })).toBe(true);
    expect(isSameProcess({ ...own, mark: '', startMark: '1' })).toBe(false);
    expect(isSameProcess({ ...own, mark: 'nats-server', startMark: startMarkOf(process.pid) ?? '' })).toBe(
      false,
    );
  });

  test('a second run on the same folder is refused with a sentence, and let in afterwards', async () => {
    const lock = await lockDataDir(directory);
    const second = lockDataDir(directory);
    await expect(second).rejects.toBeInstanceOf(DataDirInUseError);
    await expect(second).rejects.toThrow(`Parley already runs on ${directory} (process ${process.pid}).`);

    await lock.release();
    await (await lockDataDir(directory)).release();
  });
});
