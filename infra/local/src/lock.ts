import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { startMarkOf } from './process-records.ts';

const ATTEMPT_COUNT_MAX = 3;

export interface Lock {
  release(): Promise<void>;
}

export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
}

interface Holder {
  readonly pid: number;
  readonly startMark: string;
}

/** One run at a time on a data folder. A lock whose holder is gone is taken over. */
export async function lockDataDir(dataDir: string): Promise<Lock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = lockFile(dataDir);
  for (let attempt = 1; ; attempt += 1) {
    if (await tryWrite(file)) return { release: () => rm(file, { force: true }) };

    const holder = await liveHolder(dataDir);
    if (holder !== undefined || attempt === ATTEMPT_COUNT_MAX) {
      throw new DataDirInUseError(
        `Parley already runs on ${dataDir} (process ${holder?.pid ?? 'unknown'}). Stop it first, or name another folder with --data.`,
      );
    }
    await rm(file, { force: true });
  }
}

/** Who holds the folder now, if anybody alive does. */
export async function liveHolder(dataDir: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(lockFile(dataDir), 'utf8')) as Holder;
    return startMarkOf(holder.pid) === holder.startMark ? holder : undefined;
  } catch {
    return undefined;
  }
}

function lockFile(dataDir: string): string {
  return join(dataDir, 'lock');
}

async function tryWrite(file: string): Promise<boolean> {
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  });
  if (handle === undefined) return false;

  await handle.writeFile(JSON.stringify({ pid: process.pid, startMark: startMarkOf(process.pid) ?? '' }));
  await handle.close();

  return true;
}
