import { cpus, release, totalmem, type } from 'node:os';

const BYTES_PER_GIB = 1024 ** 3;

/** What it was measured on, as one line. */
export function describeMachine(versions: Readonly<Record<string, string>>): string {
  const cores = cpus();
  const parts = [
    `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'})`,
    `${Math.round(totalmem() / BYTES_PER_GIB)} GiB`,
    `${type()} ${release()}`,
    ...Object.entries(versions).map(([name, version]) => `${name} ${version.replace(/^v/, '')}`),
  ];
  return parts.join(' · ');
}
