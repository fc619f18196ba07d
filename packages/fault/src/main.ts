import { parseArgs } from 'node:util';

import { invariantNames } from './checker.ts';
import { isGood, reportLines } from './report.ts';
import { smoke } from './smoke.ts';

const SENDS_DEFAULT = '2000';
const PER_SECOND_DEFAULT = '200';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    sends: { type: 'string', default: SENDS_DEFAULT },
    rate: { type: 'string', default: PER_SECOND_DEFAULT },
  },
});

if (positionals[0] === 'smoke') process.exitCode = await runSmoke();
else {
  process.stderr.write('usage: pnpm fault smoke [--seed N] [--sends N] [--rate PER_SECOND]\n');
  process.exitCode = 2;
}

async function runSmoke(): Promise<number> {
  const startedAt = performance.now();
  say(`fault smoke, seed ${values.seed}`);
  const report = await smoke({
    seed: Number(values.seed),
    sendCount: Number(values.sends),
    perSecond: Number(values.rate),
    say,
  });
  for (const line of reportLines(report)) say(line);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  say(
    isGood(report)
      ? `All ${invariantNames.length} promises were kept, in ${seconds} s.`
      : `Failed after ${seconds} s; the same again: pnpm fault smoke --seed ${values.seed}`,
  );
  return isGood(report) ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
