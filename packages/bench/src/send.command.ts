import { startBareSocketIo } from './bare-socket-io.driver.ts';
import type { Driver } from './driver.ts';
import { describeMachine } from './machine.ts';
import { DELIVERY_P99_MS_MAX, type DriverFigures, measureDriver, type SendPlan } from './measure-driver.ts';
import { startParley } from './parley.driver.ts';
import { inMs, table } from './performance-page.ts';
import { pinWhatStarts } from './pinning.ts';
import { seededRandom } from './random.ts';
import { describeScenario, drawScenario, type ScenarioSize } from './scenario.ts';

const SEED = 1_954;
/** With less than this taken by others a run speaks for the system. */
const QUIET_CORES_MAX = 0.15;
const WHOLE_PLAN: SendPlan = {
  steadyRate: 200,
  steadyMs: 10_000,
  warmUpRate: 400,
  warmUpMs: 10_000,
  startRate: 800,
  factor: 1.5,
  rateMin: 50,
  rateMax: 12_000,
  bisectCount: 4,
  stepMs: 4_000,
  isAhead: false,
};
const QUICK_PLAN: SendPlan = {
  ...WHOLE_PLAN,
  steadyMs: 3_000,
  warmUpMs: 2_000,
  bisectCount: 1,
  stepMs: 2_000,
};

const drivers: Readonly<Record<string, StartDriver>> = {
  'bare-socket-io': startBareSocketIo,
  parley: startParley,
};
type StartDriver = () => Promise<Driver>;

export interface SendOptions extends ScenarioSize {
  /** Which systems; all of them unless told. */
  readonly only: string | undefined;
  readonly quick: boolean;
  /** Another steady rate; the search is left out then, which is what a profile wants. */
  readonly rate: number | undefined;
  /** Both sides before the machine's other work, where that is allowed. */
  readonly ahead: boolean;
  readonly say: (line: string) => void;
}

/** Measures every system in turn, under the same load, and answers the section for the page. */
export async function benchSend({ only, quick, rate, ahead, say, ...size }: SendOptions): Promise<string> {
  const chosen = Object.entries(drivers).filter(([name]) => only === undefined || name === only);
  if (chosen.length === 0) {
    throw new Error(`there is no system ${only}; there are ${Object.keys(drivers).join(', ')}`);
  }
  const scenario = drawScenario(size, seededRandom(SEED));
  const base = quick ? QUICK_PLAN : WHOLE_PLAN;
  const steady = rate === undefined ? {} : { steadyRate: rate, rateMin: Infinity, rateMax: 0 };
  const plan = { ...base, ...steady, isAhead: ahead };
  const all: DriverFigures[] = [];
  let versions: Readonly<Record<string, string>> = {};
  for (const [, start] of chosen) {
    pinWhatStarts();
    await using driver = await start();
    say(`${driver.name}: ${describeScenario(size)}`);
    all.push(await measureDriver(driver, { scenario, plan, say }));
    versions = { ...versions, ...driver.versions };
  }
  return report(all, { size, versions });
}

function report(
  all: readonly DriverFigures[],
  { size, versions }: { readonly size: ScenarioSize; readonly versions: Readonly<Record<string, string>> },
): string {
  return [
    `## Sending: ${describeScenario(size)}`,
    `${new Date().toISOString().slice(0, 10)} · \`pnpm bench send\` · ${describeMachine(versions)}`,
    'Open loop, Poisson arrivals, 120-byte texts, a random member of a random room sends. Times in ms, p50 / p99, from ' +
      'the moment a message was due; delivery is over all pairs of a message and another member.',
    [...new Set(all.map(({ placement }) => placement)), noiseOf(all)].join(' '),
    table(['System', ...steadyColumns], all.map(steadyRow)),
    table(['System', ...maximumColumns], all.map(maximumRow)),
    ...all.map(costTable),
  ].join('\n\n');
}

/** Two cores are all there is: what something else takes of them is missing from the figures. */
function noiseOf(all: readonly DriverFigures[]): string {
  const shares = all.map(({ name, otherCores }) => `${otherCores.toFixed(2)} during ${name}`);
  const isQuiet = all.every(({ otherCores }) => otherCores < QUIET_CORES_MAX);
  const verdict = isQuiet
    ? ''
    : ' The machine was not quiet: the rates and times are worse than they would be alone.';
  return `Cores that other work took: ${shares.join(', ')}.${verdict}`;
}

const steadyColumns = [
  'msg/s',
  'ack',
  'delivery',
  'CPU ms per 1,000 deliveries',
  'lost · doubled · late · failed',
];

function steadyRow({ name, steady }: DriverFigures): readonly string[] {
  return [
    name,
    `${steady.ratePerSecond}`,
    both(steady.ack),
    both(steady.delivery),
    steady.cpuMsPerThousand.toFixed(0),
    [steady.lostCount, steady.doubledCount, steady.outOfOrderCount, steady.failedCount].join(' · '),
  ];
}

const maximumColumns = [
  `highest msg/s with delivery p99 < ${DELIVERY_P99_MS_MAX} ms`,
  'ack',
  'delivery',
  'CPU ms per 1,000 deliveries',
  'generator’s core',
  'others’ cores',
  'acknowledged, missing in the archive',
];

function maximumRow({ name, maxRate, atMax, ackedCount, missingCount }: DriverFigures): readonly string[] {
  return [
    name,
    `**${maxRate}**`,
    atMax ? both(atMax.ack) : '–',
    atMax ? both(atMax.delivery) : '–',
    atMax ? atMax.cpuMsPerThousand.toFixed(1) : '–',
    atMax ? `${Math.round(atMax.generatorShare * 100)} %` : '–',
    atMax ? atMax.otherCores.toFixed(2) : '–',
    `${ackedCount}, ${missingCount ?? 'keeps none'}`,
  ];
}

function costTable({ name, idle, steady, atMax, connectsPerSecond }: DriverFigures): string {
  const rows = steady.usage.map((usage, index) => [
    usage.name,
    (usage.cpuMs / (steady.deliveryCount / 1_000)).toFixed(1),
    atMax ? ((atMax.usage[index]?.cpuMs ?? 0) / (atMax.deliveryCount / 1_000)).toFixed(2) : '–',
    (idle[index]?.memoryMb ?? 0).toFixed(0),
    ((atMax ?? steady).usage[index]?.memoryMb ?? 0).toFixed(0),
  ]);
  const head = [
    `${name}: process`,
    `CPU ms per 1,000 deliveries at ${steady.ratePerSecond} msg/s`,
    'at its highest rate',
    'MB connected and idle',
    'MB at the end',
  ];
  return `${table(head, rows)}\n\nMemory with shared pages counted once. Seeded, connected and in their rooms: ${connectsPerSecond.toFixed(0)} people a second.`;
}

function both(histogram: { quantile(share: number): number | undefined }): string {
  return [0.5, 0.99].map((share) => inMs(histogram.quantile(share))).join(' / ');
}
