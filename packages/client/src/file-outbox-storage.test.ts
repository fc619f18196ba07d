import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fileOutboxStorage } from './file-outbox-storage.ts';
import { describeOutboxStorage, itemNamed } from './outbox-storage.features.ts';

let dir: string;

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'parley-outbox-')), 'outbox');
});
afterEach(() => rm(join(dir, '..'), { recursive: true }));

describeOutboxStorage('in files', () => ({ open: () => fileOutboxStorage(dir) }));

describe('files of an outbox', () => {
  test('are for their owner only', async () => {
    await fileOutboxStorage(dir).put(itemNamed('a'));
    const [name] = await readdir(dir);
    const modes = await Promise.all([dir, join(dir, String(name))].map((path) => stat(path)));
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600']);
  });

  test('one that was half written when the power went was never put', async () => {
    await fileOutboxStorage(dir).put(itemNamed('a'));
    await writeFile(join(dir, '000000000002-b.json.new'), '{"localId":"b"');
    expect(await fileOutboxStorage(dir).load()).toEqual([itemNamed('a')]);
  });

  test('one that nobody can read is set aside, and the others are there', async () => {
    await fileOutboxStorage(dir).put(itemNamed('a'));
    await writeFile(join(dir, '000000000002-b.json'), '\0\0\0');
    expect(await fileOutboxStorage(dir).load()).toEqual([itemNamed('a')]);
    expect(await readdir(dir)).toContain('000000000002-b.json.unreadable');
  });

  test('two programs of one person do not take anything from each other', async () => {
    const [one, other] = [fileOutboxStorage(dir), fileOutboxStorage(dir)];
    await Promise.all([one.load(), other.load()]);
    await one.put(itemNamed('a'));
    await other.put(itemNamed('b'));
    await one.remove('a');
    expect(await fileOutboxStorage(dir).load()).toEqual([itemNamed('b')]);
  });
});
