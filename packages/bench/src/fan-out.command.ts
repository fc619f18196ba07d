import { chosenDrivers } from './drivers.ts';
import { describeMachine } from './machine.ts';
import { type DriverFigures, measureDriver, type SendPlan } from './measure-driver.ts';
import { pinWhatStarts } from './pinning.ts';
import { seededRandom } from './random.ts';
import { describeScenario, drawScenario, type ScenarioSize } from './scenario.ts';
import { HOW_IT_IS_MEASURED, maximumTable, placementOf, steadyTable } from './send-report.ts';

const SEED = 2_029;

/** One way in which messages spread, and rates that suit it. */
interface Spread {
  readonly size: ScenarioSize;
  readonly plan: Pick<SendPlan, 'steadyRate' | 'warmUpRate' | 'startRate' | 'rateMin' | 'rateMax'>;
}

/** Everybody hears each message; many people of whom each hears a few; and two people each. */
const spreads: readonly Spread[] = [
  {
    size: { peopleCount: 500, roomCount: 1, roomSize: 500 },
    plan: { steadyRate: 20, warmUpRate: 40, startRate: 80, rateMin: 10, rateMax: 1_200 },
  },
  {
    size: { peopleCount: 5_000, roomCount: 500, roomSize: 20 },
    plan: { steadyRate: 200, warmUpRate: 300, startRate: 400, rateMin: 50, rateMax: 12_000 },
  },
  {
    size: { peopleCount: 500, roomCount: 250, roomSize: 2 },
    plan: { steadyRate: 200, warmUpRate: 400, startRate: 800, rateMin: 50, rateMax: 24_000 },
  },
];

const WHOLE = { steadyMs: 10_000, warmUpMs: 10_000, factor: 1.5, bisectCount: 4, stepMs: 4_000 };
const QUICK = { ...WHOLE, steadyMs: 3_000, warmUpMs: 2_000, bisectCount: 1, stepMs: 2_000 };

export interface FanOutOptions {
  /** Which systems; all of them unless told. */
  readonly only: string | undefined;
  readonly quick: boolean;
  /** Another steady rate; the search is left out then. */
  readonly rate: number | undefined;
  /** Both sides before the machine's other work, where that is allowed. */
  readonly ahead: boolean;
  readonly say: (line: string) => void;
}

/** Measures every system with each spread in turn, on a fresh start each, and answers the section for the page. */
export async function benchFanOut({ only, quick, rate, ahead, say }: FanOutOptions): Promise<string> {
  const steady = rate === undefined ? {} : { steadyRate: rate, rateMin: Infinity, rateMax: 0 };
  const sections: string[] = [];
  let versions: Readonly<Record<string, string>> = {};
  for (const { size, plan } of spreads) {
    const scenario = drawScenario(size, seededRandom(SEED));
    const all: DriverFigures[] = [];
    for (const start of chosenDrivers(only)) {
      pinWhatStarts();
      await using driver = await start();
      say(`${driver.name}: ${describeScenario(size)}`);
      const whole = { ...(quick ? QUICK : WHOLE), ...plan, ...steady, isAhead: ahead };
      all.push(await measureDriver(driver, { scenario, plan: whole, say }));
      versions = { ...versions, ...driver.versions };
    }
    sections.push(sectionOf(size, all));
  }
  return [
    '## Fan-out: one large room, many rooms, pairs',
    `${new Date().toISOString().slice(0, 10)} · \`pnpm bench fanout\` · ${describeMachine(versions)}`,
    HOW_IT_IS_MEASURED,
    ...sections,
  ].join('\n\n');
}

function sectionOf(size: ScenarioSize, all: readonly DriverFigures[]): string {
  return [`### ${describeScenario(size)}`, placementOf(all), steadyTable(all), maximumTable(all)].join(
    '\n\n',
  );
}
