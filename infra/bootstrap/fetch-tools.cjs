'use strict';

const { execFile } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const { existsSync } = require('node:fs');
const { mkdir, readdir, rename, rm, writeFile } = require('node:fs/promises');
const { homedir } = require('node:os');
const { basename, dirname, join } = require('node:path');
const { promisify } = require('node:util');

const execute = promisify(execFile);

const NODE_OLDEST = [24, 11];
const NODE_FETCHED = '24.21.0';
const PNPM_OLDEST = [12, 0];
const PNPM_FETCHED = '12.21.0';
const FETCH_MS_MAX = 300_000;
const ASK_MS_MAX = 20_000;

/** The Node to run on: this one when it is new enough, else the one that npm ships as a package. */
async function ensureNode({ offline, say }) {
  if (isAtLeast(process.versions.node, NODE_OLDEST)) return process.execPath;

  const name = `node-${process.platform}-${process.arch}`;
  const home = await fetched({ name, version: NODE_FETCHED, offline, say });
  const node = join(home, 'node_modules', name, 'bin', 'node');
  const version = await versionOf(node, ['--version']);
  if (version === undefined) {
    throw new Error(
      `Node ${NODE_FETCHED} from npm does not run here. Install Node 24 yourself: https://nodejs.org/en/download.`,
    );
  }

  return node;
}

/** pnpm from PATH when it is new enough, else from npm. `directories` have to be in the PATH of what uses it. */
async function ensurePnpm({ offline, say, node }) {
  const onPath = await versionOf('pnpm', ['--version']);
  if (onPath !== undefined && isAtLeast(onPath, PNPM_OLDEST)) {
    return { command: 'pnpm', args: [], directories: [] };
  }

  const home = await fetched({ name: 'pnpm', version: PNPM_FETCHED, offline, say });
  // Its install script, which we do not run, would put the native program in place; this file finds it by itself.
  const script = join(home, 'node_modules', 'pnpm', 'bin', 'pnpm.mjs');
  return { command: node, args: [script], directories: [join(home, 'node_modules', '.bin')] };
}

/** Fetches an npm package into the cache, once: beside its place first, then renamed, so no half of it is ever used. */
async function fetched({ name, version, offline, say }) {
  const home = join(cacheDirectory(), `${name}-${version}`);
  if (existsSync(home)) return home;
  if (offline) {
    throw new Error(`${name} ${version} is not in the cache yet, and --offline forbids fetching it.`);
  }

  say(`Fetching ${name} ${version} from npm …`);
  await removeAbandoned(home);
  const draft = `${home}.${process.pid}.${randomUUID().slice(0, 8)}.part`;
  await mkdir(draft, { recursive: true });
  try {
    await writeFile(join(draft, 'package.json'), '{ "private": true }\n');
    await npm(
      ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`],
      draft,
    );
    await rename(draft, home).catch((error) => {
      // Another start was faster: its copy is as good as ours.
      if (!existsSync(home)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }

  return home;
}

/** Drafts of starts that are gone: cut off in the middle of a download. */
async function removeAbandoned(home) {
  const names = await readdir(dirname(home)).catch(() => []);
  const drafts = names.filter((name) => name.startsWith(`${basename(home)}.`) && name.endsWith('.part'));
  for (const name of drafts.filter((each) => !isAlive(Number(each.split('.').at(-3))))) {
    await rm(join(dirname(home), name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function npm(args, cwd) {
  const [command, ...first] = npmCommand();
  try {
    await execute(command, [...first, ...args], { cwd, timeout: FETCH_MS_MAX, env: npmEnvironment() });
  } catch (error) {
    const detail = String(error.stderr || error.message)
      .trim()
      .split('\n')
      .slice(-5)
      .join('\n');
    throw new Error(`npm could not fetch ${args.at(-1)}:\n${detail}`, { cause: error });
  }
}

/** The npm that started us, the one beside this Node, or the one on PATH. */
function npmCommand() {
  const starter = process.env.npm_execpath ?? '';
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const script = [starter, beside].find((path) => path.endsWith('npm-cli.js') && existsSync(path));

  return script === undefined ? ['npm'] : [process.execPath, script];
}

/** Without what the outer npm set for its own run: its prefix would send the package to another folder. */
function npmEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle|config_(local_)?prefix|config_global)/.test(name),
  );

  return Object.fromEntries(kept);
}

function cacheDirectory() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'parley');
}

async function versionOf(command, args) {
  try {
    const { stdout } = await execute(command, args, { timeout: ASK_MS_MAX, cwd: homedir() });
    return /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}

function isAtLeast(version, [major, minor]) {
  const [ownMajor, ownMinor] = version.split('.').map(Number);

  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

module.exports = { ensureNode, ensurePnpm, cacheDirectory, isAtLeast };
