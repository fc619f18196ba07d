import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { SessionId, UserId } from '@parley/contracts';
import { createLog } from '@parley/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { FanOut } from './fan-out.ts';
import { Sessions } from './sessions.ts';
import { SocketServer, type SocketServerParts } from './socket-server.ts';

const userId = 'usr_an' as UserId;
const sessionId = 'ses_an' as SessionId;

let http: HttpServer;
let sockets: SocketServer;
let sessions: Sessions;
let fault: 'SESSION_REVOKED' | undefined;

beforeEach(async () => {
  fault = undefined;
  sessions = new Sessions({ socketsPerPerson: 10, socketsPerAddress: 10 });
  http = createServer();
  const identity = { userId, sessionId, deviceId: 'dev_an', expiresAtMs: Date.now() + 60_000 };
  sockets = new SocketServer(http, {
    authenticator: { authenticate: async () => identity, faultOf: () => fault },
    sessions,
    connections: { open: async () => true, close: () => undefined },
    handlers: {},
    fanOut: new FanOut(),
    log: createLog({ service: 'gateway', instance: 'gateway-test', level: 'silent' }),
    origins: [],
    addressOf: () => '127.0.0.1',
  } as unknown as SocketServerParts);
  await new Promise<void>((resolve) => http.listen(0, resolve));
});
afterEach(async () => {
  sessions.stop();
  await sockets.drain();
});

test('nobody stays in the namespace that needs no session', async () => {
  const { socket, frames } = await connect();
  socket.send('40');
  await expect.poll(() => frames.some((frame) => frame.startsWith('44'))).toBe(true);
  expect(frames.some((frame) => frame.startsWith('40'))).toBe(false);
  socket.close();
});

test('a session that was ended while it was let in is closed', async () => {
  fault = 'SESSION_REVOKED';
  const { socket, frames } = await connect();
  socket.send('40/chat,{"token":"a"}');
  await expect.poll(() => frames.some((frame) => frame.includes('session_revoked'))).toBe(true);
  await expect.poll(() => sockets.connectionCount).toBe(0);
  expect(socket.readyState).not.toBe(WebSocket.OPEN);
});

test.each([
  '42/chat,["error","boom"]',
  '42/chat,["error"]',
  '42/chat,["constructor",null]',
  '42/chat,["__proto__",{}]',
  '42/chat,[7,{}]',
  '42/chat,9007199254740993["send_message"]',
  `42/chat,["send_message",${Array(17).fill('null').join(',')}]`,
  '42/chat,["sync_request",{"cursors":{"__proto__":1,"constructor":2}}]',
  '43/chat,1[{}]',
  '42/chat,["connect"]',
  '42/chat,{}',
  '451-/chat,["send_message",{"_placeholder":true,"num":0}]',
])('%s ends nothing but, at most, its own connection', async (frame) => {
  const { socket, frames } = await connect();
  socket.send('40/chat,{"token":"a"}');
  await expect.poll(() => frames.some((one) => one.startsWith('40/chat'))).toBe(true);
  socket.send(frame);
  const next = await connect();
  next.socket.send('40/chat,{"token":"a"}');
  await expect.poll(() => next.frames.some((one) => one.startsWith('40/chat'))).toBe(true);
  socket.close();
  next.socket.close();
});

async function connect(): Promise<{ socket: WebSocket; frames: string[] }> {
  const { port } = http.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  const frames: string[] = [];
  socket.on('message', (data: Buffer) => frames.push(data.toString()));
  await expect.poll(() => frames.length).toBeGreaterThan(0);
  return { socket, frames };
}
