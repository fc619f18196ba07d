import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';

import { rolldown } from 'rolldown';
import { Server } from 'socket.io';
import { expect, test } from 'vitest';

const INDEX = fileURLToPath(new URL('index.ts', import.meta.url));

/** What browsers, Node and React Native all have; nothing of a page, of Node, or of what React Native has only half. */
const everywhere = () => ({
  setTimeout,
  clearTimeout,
  queueMicrotask,
  fetch,
  WebSocket,
  AbortController,
  TextEncoder,
  performance,
  crypto: { getRandomValues: crypto.getRandomValues.bind(crypto) },
});

test('the SDK signs in, connects and sends with nothing but what is everywhere', async () => {
  const http = createServer((_, response) =>
    response.end('{"data":[],"page":{"hasMore":false,"nextCursor":null}}'),
  );
  const io = new Server(http);
  io.of('/chat').on('connection', (socket) => {
    socket.emit('connected', { userId: 'usr_an', serverTime: '2026-11-21T12:00:00.000Z' });
    socket.on('refresh_token', ({ token }: { token: string }, ack: (answer: unknown) => void) =>
      ack({ ok: true, data: { expiresAt: token } }),
    );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const bundle = await rolldown({ input: INDEX, platform: 'browser' });
  const { output } = await bundle.generate({ format: 'iife', name: 'parley', codeSplitting: false });
  await bundle.close();

  const world = createContext({
    ...everywhere(),
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
  });
  new Script(output[0].code).runInContext(world);
  const said: unknown = await new Script(`(async () => {
    const chat = new parley.Chat({ url, token: () => Promise.resolve('t1'), transports: ['websocket'] });
    await chat.connect();
    const { expiresAt } = await chat.connection.request('refresh_token', { token: 'phở' });
    const { connection, userId } = chat.getSnapshot();
    chat.close();
    return [connection, userId, expiresAt].join();
  })()`).runInContext(world);
  expect(said).toBe('connected,usr_an,phở');
  await io.close();
});
