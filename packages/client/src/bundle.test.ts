import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';

const INDEX = fileURLToPath(new URL('index.ts', import.meta.url));
/** What the SDK itself may weigh in an app, beside the contracts and the socket. */
const CORE_GZIP_BYTES_MAX = 25 * 1_024;

/** The SDK as an app's bundler makes it for a browser. */
async function bundled(external: readonly string[]) {
  const bundle = await rolldown({ input: INDEX, platform: 'browser', external: [...external] });
  const { output } = await bundle.generate({ minify: true, codeSplitting: false });
  await bundle.close();
  return output[0];
}

test('the SDK itself is small, and asks for no more than runs everywhere', async () => {
  const { code, imports } = await bundled(['@parley/contracts', 'socket.io-client']);
  expect(imports.toSorted()).toEqual(['@parley/contracts', 'socket.io-client']);
  expect(gzipSync(code).length).toBeLessThanOrEqual(CORE_GZIP_BYTES_MAX);
  expect(code).not.toMatch(/\b(?:process|Buffer|require|setImmediate|window|document|localStorage)\b[.([]/);
});

test('with all that it stands on it needs nothing of Node', async () => {
  const { imports } = await bundled([]);
  expect(imports).toEqual([]);
});
