import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

import { expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

import { an, hanoi } from './chronicle.ts';
import { overhear } from './overhear.ts';
import { until } from './until.ts';

const connected = ['connected', { userId: an }] as const;
const message = ['new_message', { message: { conversationId: hanoi, seq: 2 } }] as const;
const packet = (event: unknown) => `42/chat,${JSON.stringify(event)}`;
const UPGRADE = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
  'Host: gateway',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==',
];

/** A gateway that says this to whoever connects, and a line to it; a bare TCP client that reads nothing of it. */
async function listenedTo(say: (socket: WebSocket) => void) {
  const server = createServer((_request, response) => response.end('42/chat,["new_message",{}]'));
  new WebSocketServer({ server }).on('connection', say);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const line = await overhear(url, 'gateway-1');
  const client = connect(Number(new URL(line.url).port), '127.0.0.1');
  client.on('error', () => undefined);
  client.write(`${UPGRADE.join('\r\n')}\r\n\r\n`);
  return {
    line,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await line.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function heardOn(line: Awaited<ReturnType<typeof overhear>>, count: number) {
  const heard: unknown[] = [];
  return until({
    look: () => {
      heard.push(...line.take());
      return heard.length >= count ? heard : undefined;
    },
    instead: () => `heard only ${JSON.stringify(heard)}`,
  });
}

test('what is said at once to a bare socket is heard, in whatever pieces it comes', async () => {
  await using place = await listenedTo((socket) => {
    socket.send('0{"sid":"x"}');
    socket.send(packet(connected));
    socket.send(packet(message).slice(0, 9), { fin: false });
    socket.send(packet(message).slice(9), { fin: true });
    socket.send('43/chat,7[{"ok":true}]');
    socket.send(packet(['left', 'x'.repeat(70_000)]));
  });
  const heard = await heardOn(place.line, 3);
  const device = 'socket 1 of gateway-1';
  expect(heard.slice(0, 2)).toEqual([
    { device, userId: an, name: 'connected', said: connected[1] },
    { device, userId: an, name: 'new_message', said: message[1] },
  ]);
  expect(heard).toHaveLength(3);
});

test('who is told something and was never welcomed is nobody', async () => {
  await using place = await listenedTo((socket) => socket.send(packet(message)));
  expect(await heardOn(place.line, 1)).toMatchObject([{ userId: 'usr_nobody', name: 'new_message' }]);
});

test('the answer to a request is no frame, whatever it looks like', async () => {
  await using place = await listenedTo((socket) => socket.send(packet(connected)));
  expect(await (await fetch(place.line.url)).text()).toContain('new_message');
  expect(await heardOn(place.line, 1)).toMatchObject([{ name: 'connected' }]);
});

test('what cannot be understood is said, and not passed over', async () => {
  await using place = await listenedTo((socket) => {
    (socket as unknown as { readonly _socket: { write(bytes: Buffer): void } })._socket.write(
      Buffer.from([0xf3, 0x01, 0x20]),
    );
  });
  await expect(heardOn(place.line, 1)).rejects.toThrow('cannot be understood');
});
