import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startInfra } from './infra.ts';
import { addTallies, closingLine, NOTHING, selectSuites, tallyOfGate, tallyOfReport } from './test-suites.ts';
import type { Suite, Tally } from './test-suites.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const TIMED_OUT_EXIT_CODE = 124;

await main();

/** Everything there is to run, whatever the machine has; the last line is the sum. */
async function main(): Promise<void> {
  const reports = await mkdtemp(join(tmpdir(), 'parley-reports-'));
  let total: Tally = NOTHING;
  try {
    const suites = selectSuites(process.argv.slice(2).filter((arg) => arg !== '--offline'));
    await fetchServers();
    for (const suite of suites) {
      say(`\n── ${suite.name}`);
      const startedAt = performance.now();
      const tally = await run(suite, join(reports, `${suite.name}.json`));
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      say(`── ${suite.name}: ${tally.failures.length === 0 ? 'ok' : 'FAILED'} after ${seconds} s`);
      total = addTallies(total, tally);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    total = addTallies(total, { ...NOTHING, failures: [why] });
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
  say('');
  for (const failure of total.failures) say(`✗ ${failure}`);
  say(closingLine(total));
  process.exitCode = total.failures.length === 0 ? 0 : 1;
}

/** Brings the servers up once before anything is timed: a first run has to fetch some of them. */
async function fetchServers(): Promise<void> {
  await using infra = await startInfra({ say, offline: process.argv.includes('--offline') });
  for (const part of [infra.nats, infra.postgres, infra.redis]) {
    say(`${part.name} ${part.version} (${part.source})`);
  }
}

async function run(suite: Suite, reportFile: string): Promise<Tally> {
  if (suite.kind === 'gate') return tallyOfGate(suite.name, await exitCodeOf(suite.command, suite.msMax));

  const command = ['node_modules/.bin/vitest', 'run', '--project', suite.project];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const exitCode = await exitCodeOf([...command, ...reporters], suite.msMax);

  return tallyOfReport(suite.name, await readFile(reportFile, 'utf8').catch(() => undefined), exitCode);
}

function exitCodeOf([command = '', ...args]: readonly string[], msMax: number): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: REPOSITORY, stdio: ['ignore', 'inherit', 'inherit'] });
    const deadline = setTimeout(() => {
      process.stderr.write(`${command} took longer than ${msMax / 1_000} s.\n`);
      child.kill('SIGKILL');
      resolve(TIMED_OUT_EXIT_CODE);
    }, msMax);
    child.once('error', (error) => {
      clearTimeout(deadline);
      process.stderr.write(`${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code) => {
      clearTimeout(deadline);
      resolve(code ?? 1);
    });
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
