import { delimiter, join } from 'node:path';

import { exists } from './cache.ts';
import { miss } from './provider-chain.ts';
import type { Miss, PartName, Programs } from './provider-chain.ts';
import { runCommand } from './run-command.ts';
import { judgeVersion, OLDEST_VERSION } from './version.ts';
import type { Judgement } from './version.ts';

/** The program that is asked for its version, by part. */
const MAIN_PROGRAM = { nats: 'nats-server', postgres: 'postgres', redis: 'redis-server' } as const;
const PROGRAMS = {
  nats: ['nats-server'],
  postgres: ['postgres', 'initdb'],
  redis: ['redis-server'],
} as const satisfies Record<PartName, readonly string[]>;
const VERSION_TIMEOUT_MS = 10_000;
/** Debian keeps Postgres and the servers of its packages where a plain user's PATH does not look. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin', '/usr/local/bin'];

export function pathDirectories(environment: NodeJS.ProcessEnv): readonly string[] {
  const own = (environment['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');

  return [...new Set([...own, ...SYSTEM_DIRECTORIES])];
}

export interface ProgramSearch {
  readonly source: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Which versions will do: those that are new enough, unless told. */
  readonly judge?: (said: string) => Judgement;
}

/** The part's programs in one of `directories`: the first that is complete and of a version that will do. */
export async function programsIn(
  part: PartName,
  directories: readonly string[],
  options: ProgramSearch,
): Promise<Programs | Miss> {
  const reasons: string[] = [];
  for (const directory of directories) {
    const judged = await judgeDirectory(part, directory, options);
    if (judged === undefined) continue;
    if (judged.ok) {
      const paths = Object.fromEntries(PROGRAMS[part].map((name) => [name, join(directory, name)]));
      return {
        kind: 'programs',
        source: options.source,
        version: judged.version,
        paths,
        env: options.env ?? {},
      };
    }
    reasons.push(`${join(directory, MAIN_PROGRAM[part])} ${judged.why}`);
  }

  return miss(reasons.length === 0 ? `no ${MAIN_PROGRAM[part]} there` : reasons.join('; '));
}

async function judgeDirectory(part: PartName, directory: string, { env, judge }: ProgramSearch) {
  const paths = PROGRAMS[part].map((name) => join(directory, name));
  const main = join(directory, MAIN_PROGRAM[part]);
  if (!(await Promise.all(paths.map(exists))).every(Boolean)) return undefined;

  try {
    const said = await runCommand(main, ['--version'], { env: { ...env }, timeoutMs: VERSION_TIMEOUT_MS });
    return judge === undefined ? judgeVersion(said, OLDEST_VERSION[part]) : judge(said);
  } catch (error) {
    return { ok: false as const, why: `does not run (${String(error).slice(0, 120)})` };
  }
}
