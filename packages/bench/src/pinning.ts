import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, setPriority } from 'node:os';

import { descendantsOf, type ProcessGroup } from './process-usage.ts';

const GENERATOR_CORE = 0;
const SERVER_CORE = 1;
/** Some ten times the share of what runs as usual. */
const AHEAD_PRIORITY = -10;

/** Holds whatever is started from here on to the server's core, so that its runtimes count one core from their start. */
export function pinWhatStarts(): void {
  if (availableParallelism() > 1) placeOn(SERVER_CORE, process.pid);
}

/**
 * Puts the load generator on one core and the whole server side on another, so that neither takes the other's time.
 * @returns what was done, or why not, as a sentence for the report.
 */
export function pin(groups: readonly ProcessGroup[]): string {
  const served = descendantsOf(groups.flatMap(({ pids }) => pids));
  const placed = [...served.map((pid) => placeOn(SERVER_CORE, pid)), placeOn(GENERATOR_CORE, process.pid)];
  if (!placed.every(Boolean)) return 'Not pinned: there is one core only, or no taskset (util-linux).';
  return `Load generator on core ${GENERATOR_CORE}, every process of the server side on core ${SERVER_CORE}.`;
}

/** Lets this process, and what it starts next, run anywhere. */
export function unpin(): void {
  spawnSync('taskset', ['-a', '-c', '-p', `${GENERATOR_CORE},${SERVER_CORE}`, String(process.pid)]);
}

/**
 * Puts both sides ahead of the machine's other work, as far as we may: where others are busy, the figures would
 * otherwise be theirs.
 */
export function goAhead(groups: readonly ProcessGroup[]): void {
  for (const pid of [...descendantsOf(groups.flatMap(({ pids }) => pids)), process.pid]) {
    for (const thread of threadsOf(pid)) {
      try {
        setPriority(thread, AHEAD_PRIORITY);
      } catch {
        // It ended, or we may not.
      }
    }
    goAheadAsGroup(pid);
  }
}

/** Where the kernel groups processes by session, a priority counts within its group only, and the group has its own. */
function goAheadAsGroup(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, `${AHEAD_PRIORITY}`);
  } catch {
    // It ended, there are no groups, or we may not.
  }
}

function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

function placeOn(core: number, pid: number): boolean {
  const { status } = spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
  // One that ended in between needs no core.
  return status === 0 || (status !== null && threadsOf(pid).length === 0);
}
