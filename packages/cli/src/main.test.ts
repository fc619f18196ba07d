import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

test('whoever reads only the beginning is no reason to fail', async () => {
  const parley = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  parley.stdout.destroy();
  const [said, [code]] = await Promise.all([text(parley.stderr), once(parley, 'exit')]);
  expect([said, code]).toEqual(['', 0]);
});
