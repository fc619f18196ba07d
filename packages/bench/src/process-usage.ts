import { readdirSync, readFileSync } from 'node:fs';

/** Some processes that are counted together: a server and whatever it starts. */
export interface ProcessGroup {
  readonly name: string;
  readonly pids: readonly number[];
}

export interface GroupUsage {
  readonly name: string;
  readonly cpuMs: number;
  readonly memoryMb: number;
}

/** Linux counts processor time in hundredths of a second for whoever asks by /proc. */
const MS_PER_TICK = 10;
const KB_PER_MB = 1_024;

/** Where the fields of /proc/<pid>/stat stand behind the name, which may hold anything. */
const PARENT_FIELD = 1;
const USER_FIELD = 11;
const SYSTEM_FIELD = 12;
const CHILDREN_USER_FIELD = 13;
const CHILDREN_SYSTEM_FIELD = 14;

/** Processor time since their start, ended children included, and memory with shared pages counted once. */
export function usageOf(groups: readonly ProcessGroup[]): readonly GroupUsage[] {
  return groups.map(({ name, pids }) => {
    const tree = descendantsOf(pids);
    const cpuMs = tree.reduce((sum, pid) => sum + cpuMsOf(pid), 0);
    const memoryMb = tree.reduce((sum, pid) => sum + memoryMbOf(pid), 0);
    return { name, cpuMs, memoryMb };
  });
}

/** The processes themselves and all that came from them. */
export function descendantsOf(pids: readonly number[]): readonly number[] {
  const childrenOf = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = statOf(Number(entry))?.[PARENT_FIELD];
    if (parent === undefined) continue;
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(entry)]);
  }
  const found = [...pids];
  for (const pid of found) found.push(...(childrenOf.get(pid) ?? []));
  return found;
}

/** Processor time of the whole machine, all cores together: what is not ours in it is a neighbour's. */
export function machineCpuMs(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softIrq) * MS_PER_TICK;
}

function cpuMsOf(pid: number): number {
  const stat = statOf(pid);
  if (stat === undefined) return 0;
  const fields = [USER_FIELD, SYSTEM_FIELD, CHILDREN_USER_FIELD, CHILDREN_SYSTEM_FIELD];
  return fields.reduce((sum, field) => sum + (stat[field] ?? 0), 0) * MS_PER_TICK;
}

function memoryMbOf(pid: number): number {
  const kb = /^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
  return Number(kb ?? 0) / KB_PER_MB;
}

function statOf(pid: number): readonly number[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text
    ?.slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

/** Undefined where the process ended meanwhile. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
