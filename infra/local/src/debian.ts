import { readFile, readdir, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { exists, makeOnce } from './cache.ts';
import { runCommand } from './run-command.ts';

const FALLBACK_MIRROR = 'http://deb.debian.org/debian';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const FETCH_TIMEOUT_MS = 300_000;
/** Comes with every Debian; a second C library beside the machine's own would break it. */
const ALWAYS_PRESENT = new Set(['libc6', 'libgcc-s1', 'libcrypt1', 'gcc-12-base']);

export interface DebianPlan {
  readonly name: string;
  /** `testing`, or undefined for the machine's own release. */
  readonly suite?: string;
  /** Also the shared libraries and the split-off tools that it needs. */
  readonly withLibraries: boolean;
  /** Packages that are unpacked beside it as they are, such as fonts. */
  readonly beside?: readonly string[];
  readonly cacheDir: string;
}

/** True where the private way can work at all. */
export async function hasDebianTools(): Promise<boolean> {
  const tools = ['/usr/bin/apt-get', '/usr/bin/apt-cache', '/usr/bin/dpkg-deb', KEYRING];

  return (await Promise.all(tools.map(exists))).every(Boolean);
}

/**
 * Fetches a Debian package with a private apt configuration (own state, cache and sources, the machine's
 * own mirror, signatures checked with Debian's keyring) and unpacks it into the cache.
 * Nothing is installed and no right of root is needed.
 */
export async function unpackDebianPackage(plan: DebianPlan): Promise<string> {
  const suite = plan.suite ?? (await ownSuite());
  const target = join(plan.cacheDir, `debian-${plan.name}-${suite}-${process.arch}`);
  await makeOnce(target, async (directory) => {
    const apt = await privateApt(join(directory, '.apt'), suite);
    await apt.run('apt-get', ['update']);
    const names = plan.withLibraries ? await withLibraries(plan.name, apt) : [plan.name];
    await apt.run('apt-get', ['download', ...names, ...(plan.beside ?? [])]);
    for (const file of (await readdir(apt.directory)).filter((name) => name.endsWith('.deb'))) {
      await runCommand('dpkg-deb', ['-x', join(apt.directory, file), directory]);
    }
    await runCommand('rm', ['-rf', apt.directory]);
  });

  return target;
}

/** Where unpacked shared libraries lie, for LD_LIBRARY_PATH. */
export async function libraryPath(root: string): Promise<string> {
  const found: string[] = [];
  for (const base of ['usr/lib', 'lib']) {
    const entries = await readdir(join(root, base), { withFileTypes: true }).catch(() => []);
    found.push(
      ...entries
        .filter((entry) => entry.name.includes('-linux-'))
        .map((entry) => join(root, base, entry.name)),
    );
  }

  return found.join(':');
}

interface PrivateApt {
  readonly directory: string;
  run(command: string, args: readonly string[]): Promise<string>;
}

async function privateApt(directory: string, suite: string): Promise<PrivateApt> {
  for (const name of ['state/lists/partial', 'cache/archives/partial', 'parts']) {
    await mkdir(join(directory, name), { recursive: true });
  }
  const mirror = await ownMirror();
  await writeFile(join(directory, 'sources.list'), `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`);
  await writeFile(join(directory, 'status'), '');
  await writeFile(join(directory, 'apt.conf'), aptConfiguration(directory));

  return {
    directory,
    run: (command, args) =>
      runCommand(command, [`-c=${join(directory, 'apt.conf')}`, '-q', ...args], {
        cwd: directory,
        timeoutMs: FETCH_TIMEOUT_MS,
      }),
  };
}

/** The machine's hooks are cleared: they would run for an update that is none of the machine's. */
export function aptConfiguration(directory: string): string {
  return [
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear DPkg::Post-Invoke;',
    `Dir::State "${directory}/state";`,
    `Dir::State::status "${directory}/status";`,
    `Dir::Cache "${directory}/cache";`,
    `Dir::Etc::sourcelist "${directory}/sources.list";`,
    `Dir::Etc::sourceparts "${directory}/parts";`,
    'Acquire::Languages "none";',
    'APT::Sandbox::User "";',
    '',
  ].join('\n');
}

/** The package, the tools split off from it and the libraries they load. */
async function withLibraries(name: string, apt: PrivateApt): Promise<readonly string[]> {
  const flags = ['no-recommends', 'no-suggests', 'no-conflicts', 'no-breaks', 'no-replaces', 'no-enhances'];
  const listing = await apt.run('apt-cache', [
    'depends',
    '--recurse',
    ...flags.map((flag) => `--${flag}`),
    name,
  ]);

  return [name, ...packagesToUnpack(name, listing)];
}

/** From apt's listing, what belongs to the program: its own tools and libraries, not the system around it. */
export function packagesToUnpack(name: string, listing: string): readonly string[] {
  const family = name.split('-')[0] ?? name;
  const names = listing
    .split('\n')
    .filter((line) => /^\S/.test(line) && !line.startsWith('<'))
    .map((line) => line.trim().replace(/:.*$/, ''))
    .filter((each) => each !== name && !ALWAYS_PRESENT.has(each))
    .filter((each) => each.startsWith('lib') || each.startsWith(`${family}-`));

  return [...new Set(names)];
}

async function ownSuite(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8');
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1];

  return codename ?? 'stable';
}

async function ownMirror(): Promise<string> {
  const parts = await readdir('/etc/apt/sources.list.d').catch(() => []);
  const files = ['/etc/apt/sources.list', ...parts.map((name) => join('/etc/apt/sources.list.d', name))];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));

  return debianMirror(texts.join('\n')) ?? FALLBACK_MIRROR;
}

/** The first mirror of the distribution itself that the machine's sources name, in either notation. */
export function debianMirror(sources: string): string | undefined {
  const uris = sources.matchAll(/^(?:URIs:|deb(?:\s+\[[^\]]*\])?)\s+(https?:\/\/\S+?)\/?(?:\s.*)?$/gm);

  return [...uris].map((match) => match[1]).find((uri) => uri?.endsWith('/debian'));
}
