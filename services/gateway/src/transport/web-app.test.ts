import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { serveWebApp } from './web-app.ts';

let app: FastifyInstance;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-web-'));
  app = fastify();
});
afterEach(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});

async function built(): Promise<void> {
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><p>the app</p>');
  await writeFile(join(directory, 'assets', 'app-1.js'), `// ${'x'.repeat(2_000)}`);
  await writeFile(join(directory, 'build.json'), '{}');
  serveWebApp(app, directory);
}

test('every place in the app is its page, which is asked for anew each time', async () => {
  await built();
  for (const url of ['/chat/', '/chat/c/cnv_1', '/chat/join/abc']) {
    const { statusCode, body, headers } = await app.inject({ url });
    expect({ statusCode, body }).toEqual({ statusCode: 200, body: '<!doctype html><p>the app</p>' });
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-security-policy']).toMatch("script-src 'self'");
    expect(headers['content-security-policy']).toMatch("require-trusted-types-for 'script'");
  }
  expect((await app.inject({ url: '/chat' })).headers.location).toBe('/chat/');
});

test('what never changes is kept, and comes small where that is understood', async () => {
  await built();
  const plain = await app.inject({ url: '/chat/assets/app-1.js' });
  expect(plain.headers['cache-control']).toMatch('immutable');
  expect(plain.headers['content-encoding']).toBeUndefined();
  const zipped = await app.inject({
    url: '/chat/assets/app-1.js',
    headers: { 'accept-encoding': 'br, gzip' },
  });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(zipped.rawPayload.length).toBeLessThan(plain.rawPayload.length);
});

test('a file of an earlier build is gone, and nothing outside of the app is served', async () => {
  await built();
  for (const url of ['/chat/assets/app-0.js', '/chat/assets/..%2findex.html']) {
    expect((await app.inject({ url })).statusCode).toBe(404);
  }
  // What no browser needs is a place like any other.
  expect((await app.inject({ url: '/chat/build.json' })).headers['content-type']).toMatch('text/html');
});

test('without a build there is no app', () => {
  serveWebApp(app, join(directory, 'nothing'));
  expect(app.hasRoute({ method: 'GET', url: '/chat/*' })).toBe(false);
});
