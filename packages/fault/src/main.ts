import { parseArgs } from 'node:util';

import { invariantNames } from './checker.ts';
import { campaignNames, gate } from './gate/gate.ts';
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
    small: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const commands: Readonly<Record<string, () => Promise<number>>> = { smoke: runSmoke, gate: runGate };

const command = commands[positionals[0] ?? ''];
const isKnown = values.only === undefined || campaignNames.includes(values.only);
// Something may be on its way still that nobody waits for: a campaign that was given up.
if (command !== undefined && isKnown) process.exit(await command());
process.stderr.write(
  `usage: pnpm fault smoke [--seed N] [--sends N] [--rate PER_SECOND]
       pnpm fault gate [--seed N] [--small] [--only ${campaignNames.join('|')}]\n`,
);
process.exitCode = 2;

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

async function runGate(): Promise<number> {
  const { seed, small: isSmall, only } = values;
  say(`fault gate${isSmall ? ', small' : ''}, seed ${seed}`);
  const startedAt = performance.now();
  const isKept = await gate({ seed: Number(seed), isSmall, only, say });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const flags = `${isSmall ? ' --small' : ''}${only === undefined ? '' : ` --only ${only}`}`;
  say(
    isKept
      ? `\nEvery promise was kept, in ${seconds} s.`
      : `\nFailed after ${seconds} s; the same again: pnpm fault gate${flags} --seed ${seed}`,
  );
  return isKept ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
