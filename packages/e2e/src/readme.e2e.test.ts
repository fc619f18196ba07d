import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { story as test, until } from '@parley/testing';
import { expect } from 'vitest';

const README = new URL('../../client/README.md', import.meta.url);
const HERE = fileURLToPath(new URL('..', import.meta.url));
const LINE_COUNT_MAX = 15;

/** The first example of the SDK's README, to the letter. */
async function example(): Promise<string> {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(await readFile(README, 'utf8')) ?? [];
  return code;
}

test('the chat in the README of the SDK is one, in 15 lines', async ({ world }) => {
  const [an, binh] = await world.people('An', 'Bình');
  const code = await example();
  expect(code.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(LINE_COUNT_MAX);

  const chat = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: HERE,
    env: {
      PARLEY_URL: world.gatewayUrl(1),
      PARLEY_TOKEN: an.device.tokens.accessToken,
      WITH: binh.userId,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(chat, 'exit');
  try {
    let screen = '';
    chat.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text));
    const shows = (line: string) =>
      until({ look: () => screen.includes(line) || undefined, instead: () => `no "${line}" in\n${screen}` });

    chat.stdin.write('Phở at noon?\n');
    await shows('An: Phở at noon? (sending)');
    await shows('An: Phở at noon? (delivered)');
    const direct = await binh.startsDirect(an);
    await expect(binh).toSee(['Phở at noon?'], { in: direct });
    await binh.says('Of course.', { in: direct });
    await shows('Bình: Of course. (received)');
  } finally {
    chat.kill();
    await ended;
  }
});
