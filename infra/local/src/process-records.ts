import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LEFTOVER_GRACE_MS = 5_000;
const POLL_MS = 25;

export interface ProcessRecord {
  readonly pid: number;
  /** When the process was started, as the system tells it: a pid alone may have been given to somebody else. */
  readonly startMark: string;
  /** A part of its command line. */
  readonly mark: string;
  /** What makes it end in order; Postgres waits for its clients on SIGTERM. */
  readonly stopSignal: NodeJS.Signals;
}

/** The processes a data folder has running, kept in a file so that they outlive us on paper too. */
export class ProcessRecords {
  readonly #file: string;
  readonly #records = new Map<string, ProcessRecord>();

  constructor(file: string) {
    this.#file = file;
  }

  add(name: string, record: ProcessRecord): void {
    this.#records.set(name, record);
    this.#write();
  }

  remove(name: string, pid: number): void {
    if (this.#records.get(name)?.pid !== pid) return;
    this.#records.delete(name);
    // The data folder of a test may be gone by the time its last process is.
    if (existsSync(dirname(this.#file))) this.#write();
  }

  #write(): void {
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const draft = `${this.#file}.${process.pid}.part`;
    writeFileSync(draft, JSON.stringify(Object.fromEntries(this.#records)), { mode: 0o600 });
    renameSync(draft, this.#file);
  }
}

/** Ends what an earlier run left behind: only processes that are provably the recorded ones. */
export async function endLeftovers(file: string): Promise<readonly string[]> {
  const leftovers = Object.entries(readRecords(file)).filter(([, record]) => isSameProcess(record));
  await Promise.all(leftovers.map(([, record]) => endLeftover(record)));

  return leftovers.map(([name]) => name);
}

/** The start time of a process, or undefined when there is no such process. */
export function startMarkOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)])
        .toString()
        .trim();
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything; counting starts after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return fields[19];
  } catch {
    return undefined;
  }
}

export function isSameProcess(record: ProcessRecord): boolean {
  return startMarkOf(record.pid) === record.startMark && commandLineOf(record.pid).includes(record.mark);
}

function commandLineOf(pid: number): string {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)]).toString();
    }
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

async function endLeftover(record: ProcessRecord): Promise<void> {
  for (const signal of [record.stopSignal, 'SIGKILL'] as const) {
    if (!isSameProcess(record)) return;
    process.kill(record.pid, signal);
    const deadline = AbortSignal.timeout(LEFTOVER_GRACE_MS);
    while (isSameProcess(record) && !deadline.aborted) await delay(POLL_MS);
  }
}

function readRecords(file: string): Readonly<Record<string, ProcessRecord>> {
  try {
    // The file is ours alone (0600 in a 0700 folder); a torn one is as good as none.
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, ProcessRecord>;
  } catch {
    return {};
  }
}
