import { setTimeout as delay } from 'node:timers/promises';

import type { Crowd, Driver } from './driver.ts';
import { findMaxRate } from './find-max-rate.ts';
import { Ledger } from './ledger.ts';
import { goAhead, pin, unpin } from './pinning.ts';
import { type GroupUsage, machineCpuMs, usageOf } from './process-usage.ts';
import { seededRandom } from './random.ts';
import { type LoadParts, type LoadPlan, type LoadResult, runLoad } from './run-load.ts';
import type { Scenario } from './scenario.ts';

export const DELIVERY_P99_MS_MAX = 100;
const SEED = 20_261_121;
const GIVE_UP_AGE_MS = 1_500;
/** Between two runs, so that what the last one left to do is not counted against the next. */
const REST_MS = 300;

export interface SendPlan {
  readonly steadyRate: number;
  readonly steadyMs: number;
  readonly warmUpRate: number;
  readonly warmUpMs: number;
  readonly startRate: number;
  readonly factor: number;
  readonly rateMin: number;
  readonly rateMax: number;
  readonly bisectCount: number;
  readonly stepMs: number;
  /** Whether both sides go before the machine's other work. */
  readonly isAhead: boolean;
}

/** A run with what it cost the server side. */
export interface CostedRun extends LoadResult {
  readonly usage: readonly GroupUsage[];
  /** Processor time per 1,000 deliveries, all processes of the server side. */
  readonly cpuMsPerThousand: number;
  /** How many cores the server side used. */
  readonly serverCores: number;
  /** How many cores something else on this machine used meanwhile. */
  readonly otherCores: number;
}

export interface DriverFigures {
  readonly name: string;
  readonly placement: string;
  readonly connectsPerSecond: number;
  readonly idle: readonly GroupUsage[];
  readonly steady: CostedRun;
  readonly maxRate: number;
  /** The last good run at the highest rate. */
  readonly atMax: CostedRun | undefined;
  /** How many cores other work took in the runs on average: what spoils the figures. */
  readonly otherCores: number;
  readonly ackedCount: number;
  readonly missingCount: number | undefined;
}

/**
 * Measures one system: as many messages as it bears, then some people talking steadily. In this order, because a
 * runtime needs some ten thousand messages until it runs at its own speed.
 */
export async function measureDriver(
  driver: Driver,
  {
    scenario,
    plan,
    say,
  }: { readonly scenario: Scenario; readonly plan: SendPlan; readonly say: (line: string) => void },
): Promise<DriverFigures> {
  const ledger = new Ledger(scenario);
  const placement = pin(driver.processes());
  if (plan.isAhead) goAhead(driver.processes());
  const startedMs = performance.now();
  const crowd = await driver.open(scenario, ledger);
  const connectsPerSecond = (scenario.peopleCount / (performance.now() - startedMs)) * 1_000;
  try {
    const parts = { scenario, crowd, ledger, random: seededRandom(SEED) };
    const idle = usageOf(driver.processes());
    const runs: CostedRun[] = [];
    const run = async (load: LoadPlan) => {
      const costed = await costedRun(driver, parts, load);
      runs.push(costed);
      return costed;
    };
    await run({ ratePerSecond: plan.warmUpRate, durationMs: plan.warmUpMs, warmUpMs: 0 });
    let atMax: CostedRun | undefined;
    const maxRate = await findMaxRate({
      ...plan,
      bears: async (ratePerSecond) => {
        const step = await run({
          ratePerSecond,
          durationMs: plan.stepMs,
          warmUpMs: 500,
          giveUpAgeMs: GIVE_UP_AGE_MS,
        });
        const isGood = isBorne(step);
        say(`  ${describeRun(step)}${isGood ? '' : ': too much'}`);
        if (isGood && ratePerSecond >= (atMax?.ratePerSecond ?? 0)) atMax = step;
        return isGood;
      },
    });
    const steady = await run({ ratePerSecond: plan.steadyRate, durationMs: plan.steadyMs, warmUpMs: 500 });
    say(`  ${describeRun(steady)}`);
    const missingCount = await driver.countMissing?.(ledger.acked);
    return {
      name: driver.name,
      placement,
      connectsPerSecond,
      idle,
      steady,
      maxRate,
      atMax,
      otherCores: runs.reduce((sum, { otherCores }) => sum + otherCores, 0) / runs.length,
      ackedCount: ledger.acked.length,
      missingCount,
    };
  } finally {
    closeCrowd(crowd);
  }
}

function closeCrowd(crowd: Crowd): void {
  crowd.close();
  unpin();
}

async function costedRun(driver: Driver, parts: LoadParts, load: LoadPlan): Promise<CostedRun> {
  await delay(REST_MS);
  const before = {
    machineMs: machineCpuMs(),
    usage: usageOf(driver.processes()),
    own: ownCpuMs(),
    at: performance.now(),
  };
  const result = await runLoad(parts, load);
  const after = {
    machineMs: machineCpuMs(),
    usage: usageOf(driver.processes()),
    own: ownCpuMs(),
    at: performance.now(),
  };

  const usage = after.usage.map(({ name, cpuMs, memoryMb }, index) => ({
    name,
    cpuMs: cpuMs - (before.usage[index]?.cpuMs ?? 0),
    memoryMb,
  }));
  const serverMs = usage.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const otherMs = after.machineMs - before.machineMs - serverMs - (after.own - before.own);
  const elapsedMs = after.at - before.at;
  return {
    ...result,
    usage,
    cpuMsPerThousand: serverMs / (result.deliveryCount / 1_000),
    serverCores: serverMs / elapsedMs,
    otherCores: Math.max(0, otherMs / elapsedMs),
  };
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Nothing lost, doubled, out of order or refused, and 99 of 100 deliveries in time. */
function isBorne(run: LoadResult): boolean {
  const { wasGivenUp, lostCount, doubledCount, outOfOrderCount, failedCount, delivery } = run;
  const faultCount = lostCount + doubledCount + outOfOrderCount + failedCount;
  return !wasGivenUp && faultCount === 0 && (delivery.quantile(0.99) ?? Infinity) < DELIVERY_P99_MS_MAX;
}

function describeRun(run: CostedRun): string {
  const times = [run.ack, run.delivery].map((histogram) =>
    [0.5, 0.99].map((share) => (histogram.quantile(share) ?? Number.NaN).toFixed(1)).join('/'),
  );
  const faults = [
    [run.failedCount, 'failed'],
    [run.lostCount, 'lost'],
    [run.doubledCount, 'doubled'],
    [run.outOfOrderCount, 'out of order'],
  ] as const;
  return [
    `${run.ratePerSecond} msg/s`,
    `ack p50/p99 ${times[0]} ms`,
    `delivery ${times[1]} ms`,
    `${run.cpuMsPerThousand.toFixed(1)} CPU ms per 1,000 deliveries`,
    `server ${run.serverCores.toFixed(2)} cores, generator ${run.generatorShare.toFixed(2)}, others ${run.otherCores.toFixed(2)}`,
    ...faults.filter(([count]) => count !== 0).map(([count, what]) => `${count} ${what}`),
  ].join(' · ');
}
