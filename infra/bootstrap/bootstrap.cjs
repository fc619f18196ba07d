'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const { delimiter, dirname, join } = require('node:path');

const { ensureInstalled } = require('./install-workspace.cjs');
const { ensureNode, ensurePnpm } = require('./fetch-tools.cjs');

const ROOT = join(__dirname, '..', '..');
const ENTRIES = {
  start: 'infra/local/src/start.ts',
  test: 'infra/local/src/test.ts',
  parley: 'packages/cli/src/main.ts',
};
const PARENT_POLL_MS = 500;
/** One Ctrl-C arrives from the terminal and from npm; the child takes them for one by their time. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** From any Node ≥ 18 to our own code under the Node and the packages it is written for. */
async function main([entry, ...args]) {
  try {
    if (!Object.hasOwn(ENTRIES, entry)) throw new Error(`There is no command ${entry}.`);

    const offline = args.includes('--offline');
    const node = await ensureNode({ offline, say });
    const pnpm = await ensurePnpm({ offline, say, node });
    const path = [dirname(node), ...pnpm.directories, process.env.PATH].join(delimiter);
    const env = { ...process.env, PATH: path };
    await ensureInstalled({ root: ROOT, pnpm, env, offline, say });
    run(node, [join(ROOT, ENTRIES[entry]), ...args], env);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Becomes the child as far as a process can: its terminal, its signals, its exit code. */
function run(command, args, env) {
  const child = spawn(command, args, { stdio: 'inherit', env });
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) stopWithParent(child);
  child.once('error', (error) => {
    process.stderr.write(`${command} could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

/** npm runs us through a shell, which passes no signal on: when npm is told to end, only that shell's end shows it. */
function stopWithParent(child) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, PARENT_POLL_MS);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

module.exports = { main };
