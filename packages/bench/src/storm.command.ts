import { setTimeout as delay } from 'node:timers/promises';

import { describeMachine } from './machine.ts';
import { type ParleyDriver, startParley } from './parley.driver.ts';
import { inMs, table } from './performance-page.ts';
import { pin, pinWhatStarts } from './pinning.ts';
import { type GroupUsage, machineCpuMs, usageOf } from './process-usage.ts';
import { seededRandom } from './random.ts';
import { describeScenario, drawScenario } from './scenario.ts';
import { StormCrowd } from './storm-crowd.ts';

const SEED = 5_000;
const ROOM_SIZE = 20;
/** Each person is in so many rooms. */
const ROOMS_PER_PERSON = 2;
/** Those who were cut off come back within this time, each at its own moment. */
const COME_BACK_MS = 10_000;
/** Between the first connecting and the storm, so that the one does not weigh on the other. */
const REST_MS = 3_000;
const LOOK_EVERY_MS = 250;
const GATEWAY = 'gateway-1';

export interface StormOptions {
  readonly socketCount: number;
  readonly say: (line: string) => void;
}

interface StormFigures {
  readonly firstConnectsPerSecond: number;
  /** From the cut until each was let in again and knew what it had missed, ascending. */
  readonly resumedMs: readonly number[];
  /** From each one's own first try. */
  readonly waitedMs: readonly number[];
  readonly refusedCount: number;
  readonly memoryMb: { readonly before: number; readonly peak: number; readonly after: number };
  readonly usage: readonly GroupUsage[];
  readonly otherCores: number;
}

/** Cuts everybody off at once, lets them come back, and answers the section for the page. */
export async function benchStorm({ socketCount, say }: StormOptions): Promise<string> {
  const roomCount = (socketCount * ROOMS_PER_PERSON) / ROOM_SIZE;
  const size = { peopleCount: socketCount, roomCount, roomSize: ROOM_SIZE };
  const scenario = drawScenario(size, seededRandom(SEED));
  pinWhatStarts();
  await using driver = await startParley();
  const seeded = await driver.seed(scenario);
  const placement = pin(driver.processes());
  const crowd = new StormCrowd({ port: driver.port, tokens: seeded.tokens, random: seededRandom(SEED) });
  const startedAtMs = performance.now();
  await crowd.connectAll();
  const firstConnectsPerSecond = socketCount / ((performance.now() - startedAtMs) / 1_000);
  say(`${socketCount} sockets connected, ${firstConnectsPerSecond.toFixed(0)} a second`);
  await delay(REST_MS);

  const figures = { firstConnectsPerSecond, ...(await measureStorm(driver, crowd)) };
  crowd.close();
  return report(figures, {
    what: describeScenario(size),
    placement,
    machine: describeMachine(driver.versions),
  });
}

async function measureStorm(
  driver: ParleyDriver,
  crowd: StormCrowd,
): Promise<Omit<StormFigures, 'firstConnectsPerSecond'>> {
  const groups = driver.processes();
  const memoryOf = () => usageOf(groups.filter(({ name }) => name === GATEWAY))[0]?.memoryMb ?? 0;
  const before = {
    usage: usageOf(groups),
    machine: machineCpuMs(),
    own: process.cpuUsage(),
    at: performance.now(),
  };
  const memoryBefore = memoryOf();
  let peak = memoryBefore;
  const looking = setInterval(() => {
    peak = Math.max(peak, memoryOf());
  }, LOOK_EVERY_MS);
  const resumed = await crowd.dropAndReturn(COME_BACK_MS);
  clearInterval(looking);
  const usage = usageOf(groups).map((now, index) => ({
    ...now,
    cpuMs: now.cpuMs - (before.usage[index]?.cpuMs ?? 0),
  }));
  const spentMs = usage.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const own = process.cpuUsage(before.own);
  const ownMs = (own.user + own.system) / 1_000;
  const otherMs = machineCpuMs() - before.machine - spentMs - ownMs;
  return {
    resumedMs: resumed.map(({ sinceCutMs }) => sinceCutMs).toSorted((a, b) => a - b),
    waitedMs: resumed.map(({ waitedMs }) => waitedMs).toSorted((a, b) => a - b),
    refusedCount: crowd.refusedCount,
    memoryMb: { before: memoryBefore, peak, after: memoryOf() },
    usage,
    otherCores: Math.max(0, otherMs / (performance.now() - before.at)),
  };
}

function report(
  figures: StormFigures,
  about: { readonly what: string; readonly placement: string; readonly machine: string },
): string {
  const { resumedMs, waitedMs, refusedCount, memoryMb, usage, otherCores } = figures;
  const spent = usage
    .filter(({ cpuMs }) => cpuMs > 0)
    .map(({ name, cpuMs }) => `${name} ${(cpuMs / 1_000).toFixed(1)} s`);
  return [
    `## A storm of reconnects: ${about.what}`,
    `${new Date().toISOString().slice(0, 10)} · \`pnpm bench storm\` · ${about.machine}`,
    `Every socket breaks at one moment and comes back at its own within ${COME_BACK_MS / 1_000} s; it has resumed once it was let in, ` +
      `heard \`connected\` and had its \`sync_request\` answered. ${about.placement}`,
    table(
      ['ms', 'p50', 'p95', 'p99', 'last'],
      [
        ['from the cut until resumed', ...quantiles(resumedMs)],
        ['from its own first try until resumed', ...quantiles(waitedMs)],
      ],
    ),
    `Told to try later: ${refusedCount} times. Gateway: ${memoryMb.before.toFixed(0)} MB before, ${memoryMb.peak.toFixed(0)} MB at most, ` +
      `${memoryMb.after.toFixed(0)} MB after. Processor time: ${spent.join(', ')}. Cores that other work took: ${otherCores.toFixed(2)}. ` +
      `The first time they connected at ${figures.firstConnectsPerSecond.toFixed(0)} a second.`,
  ].join('\n\n');
}

function quantiles(sorted: readonly number[]): readonly string[] {
  return [0.5, 0.95, 0.99, 1].map((share) => inMs(sorted[Math.ceil(share * sorted.length) - 1]));
}
