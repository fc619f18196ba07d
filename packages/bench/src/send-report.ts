import { DELIVERY_P99_MS_MAX, type DriverFigures } from './measure-driver.ts';
import { inMs, table } from './performance-page.ts';

/** With less than this taken by others a run speaks for the system. */
const QUIET_CORES_MAX = 0.15;

export const HOW_IT_IS_MEASURED =
  'Open loop, Poisson arrivals, 120-byte texts, a random member of a random room sends. Times in ms, p50 / p99, from ' +
  'the moment a message was due; delivery is over all pairs of a message and another member.';

/** Where everything ran, and how much of the machine something else took. */
export function placementOf(all: readonly DriverFigures[]): string {
  return [...new Set(all.map(({ placement }) => placement)), noiseOf(all)].join(' ');
}

export function steadyTable(all: readonly DriverFigures[]): string {
  return table(['System', ...steadyColumns], all.map(steadyRow));
}

export function maximumTable(all: readonly DriverFigures[]): string {
  return table(['System', ...maximumColumns], all.map(maximumRow));
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

export function costTable({ name, idle, steady, atMax, connectsPerSecond }: DriverFigures): string {
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
