import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { makeOnce } from './cache.ts';

const NO_PROCESS = 4_194_305;

let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'parley-cache-'));
});
afterEach(async () => {
  await rm(cache, { recursive: true, force: true });
});

function fillWhole(directory: string): Promise<void> {
  return writeFile(join(directory, 'server'), 'whole');
}

describe('what is fetched into the cache', () => {
  test('is there whole or not at all: a failed download leaves nothing and is done again', async () => {
    const target = join(cache, 'nats');
    const cutOff = makeOnce(target, async (directory) => {
      await writeFile(join(directory, 'half'), '');
      throw new Error('the line went dead');
    });
    await expect(cutOff).rejects.toThrow('the line went dead');
    expect(await readdir(cache)).toEqual([]);

    await makeOnce(target, fillWhole);
    expect(await readFile(join(target, 'server'), 'utf8')).toBe('whole');
  });

  test('is fetched by two at once without harm', async () => {
    const target = join(cache, 'redis');
    await Promise.all([makeOnce(target, fillWhole), makeOnce(target, fillWhole)]);

    expect(await readdir(cache)).toEqual(['redis']);
  });

  test('loses the half of a process that was killed in the middle, and keeps that of a living one', async () => {
    await mkdir(join(cache, `nats.${NO_PROCESS}.aaaa.part`));
    await mkdir(join(cache, `nats.${process.pid}.bbbb.part`));
    await makeOnce(join(cache, 'nats'), async () => undefined);

    expect((await readdir(cache)).toSorted()).toEqual(['nats', `nats.${process.pid}.bbbb.part`]);
  });
});
