import { createHash } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { othersMayEnter } from './cache.ts';
import { runCommand } from './run-command.ts';
import type { RunAs } from './recorded-process.ts';

const SYSTEM_HOME = '/var/lib/parley';
const UNPRIVILEGED_USER = 'nobody';
const HASH_CHARACTERS = 12;

/** Where Postgres keeps its data and as whom it runs. */
export interface PostgresHome {
  readonly dataDir: string;
  readonly parent: string;
  readonly runAs: RunAs | undefined;
}

/**
 * Postgres refuses to run as root, so root hands it to nobody; and nobody must be able to reach the data,
 * so a data folder in a closed home gets its Postgres part outside of it.
 */
export async function postgresHome(dataDir: string): Promise<PostgresHome> {
  if (process.getuid?.() !== 0) {
    return { dataDir: join(dataDir, 'postgres'), parent: dataDir, runAs: undefined };
  }

  const parent = await reachableParent(dataDir);
  await mkdir(parent, { recursive: true });
  await chmod(parent, 0o711);

  return { dataDir: join(parent, 'postgres'), parent, runAs: await unprivileged() };
}

/** The folder outside the data folder that belongs to it, if there is one: a reset has to remove it too. */
export function outsideHome(dataDir: string): string {
  return join(SYSTEM_HOME, createHash('sha256').update(dataDir).digest('hex').slice(0, HASH_CHARACTERS));
}

async function reachableParent(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const inside = join(dataDir, 'pg');
  // The data folder itself is ours to open a little: its secrets are 0600 each.
  await chmod(dataDir, 0o711);

  return (await othersMayEnter(dataDir)) ? inside : outsideHome(dataDir);
}

async function unprivileged(): Promise<RunAs> {
  const [uid, gid] = await Promise.all([
    runCommand('id', ['-u', UNPRIVILEGED_USER]),
    runCommand('id', ['-g', UNPRIVILEGED_USER]),
  ]);

  return { uid: Number(uid.trim()), gid: Number(gid.trim()) };
}
