import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { liveHolder } from './lock.ts';
import { outsideHome } from './postgres-home.ts';
import { endLeftovers } from './process-records.ts';
import { recordsFile } from './workspace.ts';

export const EPHEMERAL_PREFIX = 'parley-ephemeral-';
/** A folder this young may belong to a run that has not written its lock yet. */
const SETTLED_MS = 60_000;

/** Ends and removes what tests that were killed left in the temporary folder. */
export async function sweepEphemeral(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(EPHEMERAL_PREFIX));
  await Promise.all(names.map((name) => sweepOne(join(tmpdir(), name))));
}

async function sweepOne(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined || found.uid !== process.getuid?.()) return;
  if (Date.now() - found.mtimeMs < SETTLED_MS || (await liveHolder(directory)) !== undefined) return;

  await endLeftovers(recordsFile(directory));
  await rm(directory, { recursive: true, force: true });
  await rm(outsideHome(directory), { recursive: true, force: true });
}
