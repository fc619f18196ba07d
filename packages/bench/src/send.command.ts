import { chosenDrivers } from './drivers.ts';
import { describeMachine } from './machine.ts';
import { type DriverFigures, measureDriver, type SendPlan } from './measure-driver.ts';
import { pinWhatStarts } from './pinning.ts';
import { seededRandom } from './random.ts';
import { describeScenario, drawScenario, type ScenarioSize } from './scenario.ts';
import { costTable, HOW_IT_IS_MEASURED, maximumTable, placementOf, steadyTable } from './send-report.ts';

const SEED = 1_954;
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
  const chosen = chosenDrivers(only);
  const scenario = drawScenario(size, seededRandom(SEED));
  const base = quick ? QUICK_PLAN : WHOLE_PLAN;
  const steady = rate === undefined ? {} : { steadyRate: rate, rateMin: Infinity, rateMax: 0 };
  const plan = { ...base, ...steady, isAhead: ahead };
  const all: DriverFigures[] = [];
  let versions: Readonly<Record<string, string>> = {};
  for (const start of chosen) {
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
    HOW_IT_IS_MEASURED,
    placementOf(all),
    steadyTable(all),
    maximumTable(all),
    ...all.map(costTable),
  ].join('\n\n');
}
