'use strict';

const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync } = require('node:fs');
const { mkdir, open, readFile, rm, writeFile } = require('node:fs/promises');
const { join } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');

const { cacheDirectory } = require('./fetch-tools.cjs');

const LOCK_POLL_MS = 200;
const LOCK_MS_MAX = 600_000;

/** Installs the packages unless they are in step with the lockfile already. */
async function ensureInstalled({ root, pnpm, env, offline, say }) {
  if (await isInStep(root)) return;

  const release = await lock(root);
  try {
    // The one who held the lock before us may have done it.
    if (await isInStep(root)) return;

    say('Installing packages …');
    const args = [
      ...pnpm.args,
      'install',
      '--frozen-lockfile',
      '--config.confirmModulesPurge=false',
      '--pm-on-fail=ignore',
    ];
    await run(pnpm.command, offline ? [...args, '--offline'] : args, { cwd: root, env });
    await writeFile(stampFile(root), await fingerprint(root));
  } finally {
    await release();
  }
}

async function isInStep(root) {
  const stamp = await readFile(stampFile(root), 'utf8').catch(() => '');

  return (
    stamp !== '' && stamp === (await fingerprint(root)) && existsSync(join(root, 'infra/local/node_modules'))
  );
}

async function fingerprint(root) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    hash.update(await readFile(join(root, name)));
  }

  return hash.digest('hex');
}

function stampFile(root) {
  return join(root, 'node_modules', '.parley-installed');
}

/** One install of a clone at a time. A lock whose holder is gone is taken over. */
async function lock(root) {
  const directory = join(cacheDirectory(), 'locks');
  await mkdir(directory, { recursive: true });
  const file = join(directory, createHash('sha256').update(root).digest('hex').slice(0, 16));
  const deadline = Date.now() + LOCK_MS_MAX;
  while (!(await tryLock(file))) {
    if (Date.now() > deadline) throw new Error(`Another install of this clone holds ${file} for too long.`);
    if (await isAbandoned(file)) await rm(file, { force: true });
    else await delay(LOCK_POLL_MS);
  }

  return () => rm(file, { force: true });
}

async function tryLock(file) {
  const handle = await open(file, 'wx').catch((error) => {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  });
  await handle?.writeFile(String(process.pid));
  await handle?.close();

  return handle !== undefined;
}

async function isAbandoned(file) {
  const text = await readFile(file, 'utf8').catch(() => '');
  // Empty: its holder is just writing it.
  if (text === '') return false;
  try {
    process.kill(Number(text), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** The installer's words go to standard error: standard output belongs to the command. */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 2, 2] });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error('The packages could not be installed; the lines above say why.'));
    });
  });
}

module.exports = { ensureInstalled };
