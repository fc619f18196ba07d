import { join } from 'node:path';

import { cacheDirectory } from './cache.ts';
import { hasDebianTools, unpackDebianPackage } from './debian.ts';
import { pathDirectories, programsIn } from './find-programs.ts';
import { firstThatWorks, miss } from './provider-chain.ts';
import type { Programs, Provider, Wanted } from './provider-chain.ts';
import { mendOf, programProvidersOf } from './providers.ts';
import { judgeOutdated, OLDEST_VERSION } from './version.ts';

/** Debian 12, whose nats-server is older than what we need. */
const OUTDATED = { name: 'nats-server', suite: 'bookworm', withLibraries: false } as const;
const judge = (said: string) => judgeOutdated(said, OLDEST_VERSION.nats);

/** The program of a broker as we need it, to start one's own: also where the environment names a server or containers. */
export function findNatsServer(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  return pathOf({ name: 'nats', providers: programProvidersOf('nats'), mend: mendOf('nats') }, environment);
}

/** The program of a broker that is too old, to see it refused. */
export function findOutdatedNatsServer(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  // The machine's own comes last: what a test says should not depend on what happens to be installed.
  const providers = [outdatedOfDebian, outdatedOnPath];
  const mend = ['go install github.com/nats-io/nats-server/v2@v2.9.10'];

  return pathOf({ name: 'a nats-server that is too old', providers, mend }, environment);
}

const outdatedOfDebian: Provider<Programs> = {
  name: "Debian's package",
  async find({ environment }) {
    if (process.platform !== 'linux' || !(await hasDebianTools())) return miss('this is no Debian');

    const root = await unpackDebianPackage({ ...OUTDATED, cacheDir: cacheDirectory(environment) });
    return programsIn('nats', [join(root, 'usr/sbin')], { source: 'Debian package', judge });
  },
};

const outdatedOnPath: Provider<Programs> = {
  name: 'on this machine',
  find: ({ environment }) => programsIn('nats', pathDirectories(environment), { source: 'on PATH', judge }),
};

async function pathOf(wanted: Wanted<Programs>, environment: NodeJS.ProcessEnv): Promise<string> {
  const { paths } = await firstThatWorks(wanted, { environment, offline: false, say: () => undefined });
  const path = paths['nats-server'];
  if (path === undefined) throw new Error('programs of NATS without its server');

  return path;
}
