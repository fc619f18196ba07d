import { join } from 'node:path';

import { type Infra, startInfra, startSystem } from '@parley/local';
import { connectPostgres } from '@parley/postgres';
import { sql } from 'kysely';

import { caughtUp } from './caught-up.ts';
import { Histogram } from './histogram.ts';
import { type Question, questions } from './history-questions.ts';
import { HistoryTown, OWN_CONVERSATION_COUNT } from './history-town.ts';
import { describeMachine } from './machine.ts';
import { signTokens } from './parley-seed.ts';
import { versionsOf } from './parley.driver.ts';
import { inMs, table } from './performance-page.ts';
import { seededRandom } from './random.ts';

const MESSAGES_PER_CONVERSATION = 50;
const WARM_UP_COUNT = 30;
const ASK_COUNT = 300;
const SEED = 21;

export interface HistoryOptions {
  readonly sizes: readonly number[];
  readonly say: (line: string) => void;
}

/** By question, in the order of the sizes. */
type Times = ReadonlyMap<Question, readonly Histogram[]>;

/** Fills the logs to each size, lets the services project them, and asks through the gateway. */
export async function benchHistory({ sizes, say }: HistoryOptions): Promise<string> {
  // Nothing that is measured writes, and a million messages are there sooner without a disk that confirms each.
  await using infra = await startInfra({ fsync: false, natsFsync: false });
  await using system = await startSystem({
    infra,
    logLevel: 'warn',
    // One reader asks as fast as it is answered.
    env: { DURABILITY: 'relaxed', REQUESTS_PER_PERSON_MAX: '1000000', REQUESTS_PER_ADDRESS_MAX: '1000000' },
  });
  const [gatewayUrl = ''] = system.gatewayUrls;
  const db = connectPostgres<unknown>({
    url: infra.postgres.url('admin'),
    name: 'bench',
    poolSize: 1,
    statementTimeoutMs: 0,
  });
  const times = new Map<Question, Histogram[]>(questions.map((question) => [question, []]));
  const fills: string[] = [];
  const town = new HistoryTown(infra);
  try {
    await town.open();
    for (const size of sizes) {
      const startedMs = performance.now();
      await town.growTo(size, Math.max(OWN_CONVERSATION_COUNT, Math.ceil(size / MESSAGES_PER_CONVERSATION)));
      const filledMs = performance.now();
      await caughtUp(infra, db);
      const written = `${seconds(filledMs - startedMs)} s`;
      const projected = `${seconds(performance.now() - filledMs)} s`;
      fills.push(
        `up to ${size.toLocaleString('en')} written in ${written}, in the tables ${projected} later`,
      );
      say(fills.at(-1) ?? '');
      // As autovacuum leaves them after a while.
      await sql`vacuum analyze`.execute(db);
      await askAll({ infra, town, gatewayUrl }, times);
      for (const [{ name }, all] of times) say(`  ${name}: ${shown(all.at(-1))}`);
    }
  } finally {
    await db.destroy();
  }
  return sectionOf(times, { sizes, fills }, versionsOf(infra));
}

interface Asking {
  readonly infra: Infra;
  readonly town: HistoryTown;
  readonly gatewayUrl: string;
}

/** One question at a time, in turns, so that a noisy moment hurts all of them alike. */
async function askAll(
  { infra, town, gatewayUrl }: Asking,
  times: ReadonlyMap<Question, Histogram[]>,
): Promise<void> {
  const keyFile = join(infra.dataDir, 'keys', 'signing-key.json');
  const [reader = '', sleeper = ''] = await signTokens([town.reader, town.sleeper], keyFile);
  const tokens = { reader, sleeper };
  const random = seededRandom(SEED);
  const histograms = new Map([...times.keys()].map((question) => [question, new Histogram()]));
  for (let count = -WARM_UP_COUNT; count < ASK_COUNT; count += 1) {
    for (const [question, histogram] of histograms) {
      const url = `${gatewayUrl}${question.path(town, random)}`;
      const askedMs = performance.now();
      const response = await fetch(url, { headers: { authorization: `Bearer ${tokens[question.who]}` } });
      const body = await response.text();
      if (!response.ok) throw new Error(`${url} was answered ${response.status}: ${body.slice(0, 200)}`);
      if (count >= 0) histogram.record(performance.now() - askedMs);
    }
  }
  for (const [question, histogram] of histograms) times.get(question)?.push(histogram);
}

function sectionOf(
  times: Times,
  { sizes, fills }: { readonly sizes: readonly number[]; readonly fills: readonly string[] },
  versions: Readonly<Record<string, string>>,
): string {
  const rows = [...times].map(([question, histograms]) => {
    const [first, last] = [histograms.at(0)?.quantile(0.99), histograms.at(-1)?.quantile(0.99)];
    const growth = first === undefined || last === undefined ? undefined : last / first;
    return [
      question.name,
      ...histograms.map(shown),
      growth === undefined ? '–' : `${growth.toFixed(2)} ×`,
      verdict(question, last, growth),
    ];
  });
  return [
    '## Reading a long history',
    `${new Date().toISOString().slice(0, 10)} · \`pnpm bench history\` · ${describeMachine(versions)}`,
    `The log holds ${sizes.join(', then ')} messages in 2,000 conversations or one for each 50 messages, whichever is ` +
      'more, and a fifth of them in one, one every second; each stage is written as the services would, without fsync, projected by them, and ' +
      `read through the gateway, ${ASK_COUNT} times each, one request at a time. Times in ms, p50 / p99; nothing is pinned.`,
    `Filled: ${fills.join('; ')}.`,
    table(
      ['Asked for', ...sizes.map((size) => size.toLocaleString('en')), 'p99, last to first', 'bar'],
      rows,
    ),
  ].join('\n\n');
}

function verdict(
  { barMs, growthMax }: Question,
  last: number | undefined,
  growth: number | undefined,
): string {
  if (barMs === undefined || last === undefined || growth === undefined) return '–';
  const isMet = last <= barMs && growth <= (growthMax ?? Number.POSITIVE_INFINITY);
  const asked = growthMax === undefined ? `${barMs} ms` : `${barMs} ms, ${growthMax} ×`;
  return `${asked}: ${isMet ? 'met' : '**missed**'}`;
}

function shown(histogram: Histogram | undefined): string {
  return `${inMs(histogram?.quantile(0.5))} / ${inMs(histogram?.quantile(0.99))}`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
