import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runCommand } from './run-command.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const APP = join(REPOSITORY, 'packages', 'web');
const BUILT = join(APP, 'dist');
/** In the built app: what it was built from. */
const MARK = '.built-from';
/** What the app is made of, beside the packages of the lockfile. */
const SOURCES = ['web/src', 'web/public', 'client/src', 'contracts/src'];
const FILES = ['pnpm-lock.yaml', 'packages/web/index.html', 'packages/web/vite.config.ts'];
const BUILD_MS_MAX = 300_000;

/** Builds the web app unless what is there was built from the same files. */
export async function buildWebApp(say: (line: string) => void = () => undefined): Promise<void> {
  const wanted = await fingerprint();
  if ((await readFile(join(BUILT, MARK), 'utf8').catch(() => '')) === wanted) return;

  say('Building the web app …');
  // Beside the place where it is served from, so that nobody is ever served half of one.
  const draft = `${BUILT}-${process.pid}`;
  const old = `${draft}-old`;
  try {
    const vite = join(APP, 'node_modules', 'vite', 'bin', 'vite.js');
    const args = ['build', '--outDir', draft, '--emptyOutDir', '--logLevel', 'warn'];
    await runCommand(process.execPath, [vite, ...args], { cwd: APP, timeoutMs: BUILD_MS_MAX });
    await writeFile(join(draft, MARK), wanted);
    await rename(BUILT, old).catch(() => undefined);
    await rename(draft, BUILT);
  } finally {
    await Promise.all([draft, old].map((path) => rm(path, { recursive: true, force: true })));
  }
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const listings = await Promise.all(SOURCES.map((name) => filesIn(join(REPOSITORY, 'packages', name))));
  for (const path of [...FILES.map((name) => join(REPOSITORY, name)), ...listings.flat()]) {
    hash.update(path.slice(REPOSITORY.length)).update(await readFile(path));
  }
  return hash.digest('hex');
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name));
  return files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
}
