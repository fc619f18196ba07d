import { randomUUID } from 'node:crypto';
import { access, chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

import { startMarkOf } from './process-records.ts';

const OTHERS_MAY_ENTER = 0o001;
const SYSTEM_CACHE = '/var/cache/parley';

/** Where fetched programs are kept between runs and between clones. */
export function cacheDirectory(environment: NodeJS.ProcessEnv): string {
  const base = environment['XDG_CACHE_HOME'];

  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'parley');
}

/**
 * Where programs are kept that another user must be able to load. Root runs Postgres as nobody,
 * who cannot enter root's home.
 */
export async function sharedCacheDirectory(environment: NodeJS.ProcessEnv): Promise<string> {
  const own = cacheDirectory(environment);
  if (process.getuid?.() !== 0 || (await othersMayEnter(own))) return own;

  return SYSTEM_CACHE;
}

/** True when every existing folder on the way to `path` lets other users through. */
export async function othersMayEnter(path: string): Promise<boolean> {
  for (let at = resolve(path); ; at = dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (found !== undefined && (found.mode & OTHERS_MAY_ENTER) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * Makes `directory` once. Work happens beside it and is renamed into place, so a crash or a second
 * process leaves either nothing or the whole thing.
 */
export async function makeOnce(directory: string, fill: (directory: string) => Promise<void>): Promise<void> {
  if (await exists(directory)) return;

  await mkdir(dirname(directory), { recursive: true, mode: 0o755 });
  await removeAbandoned(directory);
  const draft = `${directory}.${process.pid}.${randomUUID().slice(0, 8)}.part`;
  await mkdir(draft, { mode: 0o755 });
  // The umask may have been stricter than what another user needs to read the programs.
  await chmod(draft, 0o755);
  try {
    await fill(draft);
    await rename(draft, directory);
  } catch (error) {
    // Somebody else was faster: theirs is as good as ours.
    if (!(await exists(directory))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Drafts of processes that are gone: cut off in the middle of a download. */
async function removeAbandoned(directory: string): Promise<void> {
  const names = await readdir(dirname(directory));
  const drafts = names.filter((name) => name.startsWith(`${basename(directory)}.`) && name.endsWith('.part'));
  const abandoned = drafts.filter((name) => {
    const pid = Number(name.slice(basename(directory).length + 1).split('.')[0]);
    return startMarkOf(pid) === undefined;
  });
  await Promise.all(
    abandoned.map((name) => rm(join(dirname(directory), name), { recursive: true, force: true })),
  );
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
