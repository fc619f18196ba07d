import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { stablePorts } from './ports.ts';
import { ProcessRecords } from './process-records.ts';
import { keptSecrets } from './secrets.ts';
import type { Secrets } from './secrets.ts';

const PORT_NAMES = ['nats', 'natsMonitor', 'postgres', 'redis'] as const;

/** A data folder opened for one run: its ports, passwords, logs and the list of its processes. */
export interface Workspace {
  readonly dataDir: string;
  readonly ports: Readonly<Record<(typeof PORT_NAMES)[number], number>>;
  readonly secrets: Secrets;
  readonly records: ProcessRecords;
  /** Where a container keeps what has to outlive it; undefined for a run that keeps nothing. */
  readonly keptDir: string | undefined;
  logFile(name: string): string;
}

export function recordsFile(dataDir: string): string {
  return join(dataDir, 'processes.json');
}

export async function openWorkspace(
  dataDir: string,
  options: { readonly secretNames: readonly string[]; readonly ephemeral: boolean },
): Promise<Workspace> {
  const logs = join(dataDir, 'logs');
  await mkdir(logs, { recursive: true, mode: 0o700 });

  return {
    dataDir,
    ports: await stablePorts(join(dataDir, 'ports.json'), PORT_NAMES),
    secrets: await keptSecrets(join(dataDir, 'secrets.json'), options.secretNames),
    records: new ProcessRecords(recordsFile(dataDir)),
    keptDir: options.ephemeral ? undefined : dataDir,
    logFile: (name) => join(logs, `${name}.log`),
  };
}

/** The place of a container's data, as an option that is there or is not. */
export function keptData({ keptDir }: Workspace): { readonly dataDir?: string } {
  return keptDir === undefined ? {} : { dataDir: keptDir };
}
