import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { natsUrl, postgresUrl } from '@parley/testing';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

test('what was asked for is done though nobody reads what it says, as with head', async () => {
  const parley = spawn(process.execPath, [MAIN, 'migrate'], {
    env: { NATS_URL: natsUrl('admin'), DATABASE_URL: postgresUrl('admin') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  parley.stdout.destroy();
  const [said, [code]] = await Promise.all([text(parley.stderr), once(parley, 'exit')]);
  expect([said, code]).toEqual(['', 0]);
});
