import { setTimeout as delay } from 'node:timers/promises';

import type { CrowdListener, Driver } from './driver.ts';
import { chosenDrivers } from './drivers.ts';
import { Histogram } from './histogram.ts';
import { describeMachine } from './machine.ts';
import { inMs, table } from './performance-page.ts';
import { goAhead, pin, pinWhatStarts, unpin } from './pinning.ts';
import { type GroupUsage, usageOf } from './process-usage.ts';
import { seededRandom } from './random.ts';
import { describeScenario, drawScenario, type Scenario } from './scenario.ts';

const SEED = 5_000;
const ROOM_SIZE = 20;
const ROOMS_PER_PERSON = 2;
/** After the last one has come, so that what connecting left behind is gone; twice what a heartbeat takes. */
const REST_MS = 20_000;
const CONNECT_P99_MS_BAR = 200;
const MEMORY_MB_BAR = 25;

export interface IdleOptions {
  readonly socketCount: number;
  readonly ratePerSecond: number;
  readonly only: string | undefined;
  readonly ahead: boolean;
  readonly say: (line: string) => void;
}

interface IdleFigures {
  readonly name: string;
  readonly connect: Histogram;
  /** Of the process that holds the sockets, for 1,000 of them. */
  readonly memoryMb: number;
  readonly processes: readonly ProcessCost[];
}

interface ProcessCost {
  readonly name: string;
  /** For each who connects. */
  readonly cpuMsPerConnect: number;
  /** Of one core, while all are silent. */
  readonly cpuShareAtRest: number;
}

/** What a person costs who is connected, signed in and silent, and how long they waited for it. */
export async function benchIdle({ only, ahead, say, ...size }: IdleOptions): Promise<string> {
  const { socketCount, ratePerSecond } = size;
  const scenario = drawScenario(
    {
      peopleCount: socketCount,
      roomCount: (socketCount / ROOM_SIZE) * ROOMS_PER_PERSON,
      roomSize: ROOM_SIZE,
    },
    seededRandom(SEED),
  );
  const all: IdleFigures[] = [];
  let versions: Readonly<Record<string, string>> = {};
  for (const start of chosenDrivers(only)) {
    pinWhatStarts();
    await using driver = await start();
    say(`${driver.name}: ${describeScenario(scenario)}, ${ratePerSecond} arrivals a second`);
    const figures = await measureIdle(driver, { scenario, ratePerSecond, ahead });
    say(`  ${rowOf(figures).slice(1).join(' · ')}`);
    for (const one of figures.processes) say(`  ${processRowOf(one).join(' · ')}`);
    all.push(figures);
    versions = { ...versions, ...driver.versions };
  }
  return [
    `## Idle sockets: ${describeScenario(scenario)}, ${ratePerSecond} arrivals a second`,
    `${new Date().toISOString().slice(0, 10)} · \`pnpm bench idle\` · ${describeMachine(versions)}`,
    'Everybody has a token and is known. Connecting is timed from the moment when it was due until the person hears ' +
      'all of their conversations; memory is of the process that holds the sockets (for Parley the gateway), what it ' +
      'has grown by, with shared pages counted once. Processor time is of all processes, pinned to one core.',
    `Bars: connecting p99 ≤ ${CONNECT_P99_MS_BAR} ms, ≤ ${MEMORY_MB_BAR} MB for 1,000 sockets.`,
    table(columns, all.map(rowOf)),
    ...all.map(({ name, processes }) =>
      table([`${name}: process`, ...processColumns], processes.map(processRowOf)),
    ),
  ].join('\n\n');
}

async function measureIdle(
  driver: Driver,
  {
    scenario,
    ratePerSecond,
    ahead,
  }: { readonly scenario: Scenario; readonly ratePerSecond: number; readonly ahead: boolean },
): Promise<IdleFigures> {
  pin(driver.processes());
  if (ahead) goAhead(driver.processes());
  const connect = new Histogram();
  let seeded: readonly GroupUsage[] = [];
  const crowd = await driver.open(scenario, nobodySpeaks, {
    ratePerSecond,
    onSeeded: () => (seeded = usageOf(driver.processes())),
    onConnected: (tookMs) => connect.record(tookMs),
  });
  try {
    const connected = usageOf(driver.processes());
    await delay(REST_MS);
    const rested = usageOf(driver.processes());
    const holder = rested.findIndex(({ name }) => name === 'server' || name.startsWith('gateway'));
    const grownMb = (rested[holder]?.memoryMb ?? 0) - (seeded[holder]?.memoryMb ?? 0);
    return {
      name: driver.name,
      connect,
      memoryMb: (grownMb / scenario.peopleCount) * 1_000,
      processes: rested.map(({ name, cpuMs }, index) => {
        const [before = cpuMs, after = cpuMs] = [seeded[index]?.cpuMs, connected[index]?.cpuMs];
        return {
          name,
          cpuMsPerConnect: (after - before) / scenario.peopleCount,
          cpuShareAtRest: (cpuMs - after) / REST_MS,
        };
      }),
    };
  } finally {
    crowd.close();
    unpin();
  }
}

const nobodySpeaks: CrowdListener = { onAck: () => undefined, onDelivery: () => undefined };

const processColumns = ['CPU ms for one to connect', 'of a core while all are silent'];
const columns = ['System', 'connecting p50 / p99, ms', 'MB for 1,000 sockets', ...processColumns];

function rowOf({ name, connect, memoryMb, processes }: IdleFigures): readonly string[] {
  const all = processes.reduce(
    (sum, one) => ({
      name,
      cpuMsPerConnect: sum.cpuMsPerConnect + one.cpuMsPerConnect,
      cpuShareAtRest: sum.cpuShareAtRest + one.cpuShareAtRest,
    }),
    { name, cpuMsPerConnect: 0, cpuShareAtRest: 0 },
  );
  const waited = `${inMs(connect.quantile(0.5))} / ${inMs(connect.quantile(0.99))}`;
  return [name, waited, `**${memoryMb.toFixed(1)}**`, ...processRowOf(all).slice(1)];
}

function processRowOf({ name, cpuMsPerConnect, cpuShareAtRest }: ProcessCost): readonly string[] {
  return [name, cpuMsPerConnect.toFixed(2), `${(100 * cpuShareAtRest).toFixed(1)} %`];
}
