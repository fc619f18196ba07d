import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build, type Rolldown } from 'vite';
import { beforeAll, describe, expect, test, vi } from 'vitest';

/** What comes before the first screen, compressed. */
const FIRST_LOAD_GZIP_BYTES_MAX = 180 * 1_024;

let files: ReadonlyMap<string, Buffer>;
let page: string;

beforeAll(async () => {
  const root = fileURLToPath(new URL('.', import.meta.url));
  // As everybody gets it, whatever the tests are run as.
  vi.stubEnv('NODE_ENV', 'production');
  const built = (await build({
    root,
    logLevel: 'silent',
    build: { write: false },
  })) as Rolldown.RolldownOutput;
  files = new Map(
    built.output.map((file) => [file.fileName, Buffer.from(file.type === 'chunk' ? file.code : file.source)]),
  );
  page = String(files.get('index.html'));
}, 120_000);

describe('the built app', () => {
  test('is light at first', async () => {
    const named = [...page.matchAll(/(?:src|href)="\/chat\/([^"]+\.(?:js|css))"/g)].map(
      ([, name = '']) => name,
    );
    expect(named.length).toBeGreaterThan(1);
    const bytes = ['index.html', ...named].map((name) => gzipSync(files.get(name) ?? '').length);
    expect(bytes).not.toContain(gzipSync('').length);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(FIRST_LOAD_GZIP_BYTES_MAX);
  });

  test('brings conversations, emojis and settings when they are wanted', () => {
    for (const part of ['conversation-page', 'emoji-picker', 'settings-dialog', 'compact']) {
      expect([...files.keys()].some((name) => name.includes(part))).toBe(true);
      expect(page).not.toContain(part);
    }
  });

  test('has no script and no style in its page, as the gateway’s policy asks', () => {
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  test('speaks of its own files only', async () => {
    const source = await readFile(new URL('index.html', import.meta.url), 'utf8');
    expect(source).not.toMatch(/https?:\/\//);
  });
});
