import type { Chromium } from '@parley/local';
import { type Browser, chromium } from 'playwright-core';

/** Root may not have the sandbox, and what is opened here is our own. */
const ROOT_ARGS = ['--no-sandbox', '--disable-dev-shm-usage'];

/** A browser without a window, of the machine or of the cache. */
export function launchBrowser({ executablePath, env }: Chromium): Promise<Browser> {
  const known = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return chromium.launch({
    executablePath,
    env: Object.fromEntries(known),
    args: process.getuid?.() === 0 ? ROOT_ARGS : [],
  });
}
