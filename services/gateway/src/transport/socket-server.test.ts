import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { SessionId, UserId } from '@parley/contracts';
import { createLog } from '@parley/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { Admission } from './admission.ts';
import type { Authenticator } from './authenticate.ts';
import type { Connections } from './connections.ts';
import { edgeOk, type EdgeResult } from './edge-error.ts';
import { FanOut } from './fan-out.ts';
import { Sessions } from './sessions.ts';
import type { SocketHandlers } from './socket-contract.ts';
import { SocketEvents } from './socket-events.ts';
import type { SocketPlaces } from './socket-places.ts';
import { SocketServer } from './socket-server.ts';
import { Turnstile } from './turnstile.ts';

const userId = 'usr_an' as UserId;
const sessionId = 'ses_an' as SessionId;
const AT_ONCE = 10;
const never = new Promise<never>(() => undefined);

let http: HttpServer;
let sockets: SocketServer;
let sessions: Sessions;
let fault: 'SESSION_REVOKED' | undefined;
let syncing: PromiseWithResolvers<EdgeResult>;

beforeEach(async () => {
  fault = undefined;
  syncing = Promise.withResolvers();
  sessions = new Sessions();
  http = createServer();
  const identity = { userId, sessionId, deviceId: 'dev_an', expiresAtMs: Date.now() + 60_000 };
  const authenticator = {
    authenticate: async () => identity,
    faultOf: () => fault,
  } as unknown as Authenticator;
  const fanOut = new FanOut();
  const log = createLog({ service: 'gateway', instance: 'gateway-test', level: 'silent' });
  sockets = new SocketServer(http, {
    authenticator,
    sessions,
    fanOut,
    log,
    admission: new Admission({
      authenticator,
      sync: { isGood: () => true },
      places: { take: async () => () => undefined } as unknown as SocketPlaces,
      turnstile: new Turnstile(AT_ONCE),
      addressOf: () => '127.0.0.1',
    }),
    events: new SocketEvents({
      authenticator,
      fanOut,
      log,
      handlers: { sync_request: () => syncing.promise } as unknown as SocketHandlers,
      limits: { strikes: 3, unknownEvents: 20 },
      onActive: () => undefined,
      sendOut: async () => 1_000,
    }),
    connections: {
      open: async () => undefined,
      tellMissed: () => never,
      close: () => undefined,
    } as unknown as Connections,
    rate: { eventsPerSecond: 20, eventBurst: 40 },
    signals: { came: () => undefined, went: () => undefined },
    origins: [],
    greet: () => undefined,
  });
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

test('an answer comes under the number that it was asked for, an event without one is answered by an event', async () => {
  const { socket, frames } = await connect();
  socket.send('40/chat,{"token":"a"}');
  await expect.poll(() => frames.some((frame) => frame.startsWith('40/chat'))).toBe(true);
  socket.send('42/chat,7["no_such_event",{}]');
  socket.send('42/chat,["no_such_event",{}]');
  await expect.poll(() => frames.filter((frame) => frame.includes('UNKNOWN_EVENT'))).toHaveLength(2);
  expect(frames.some((frame) => frame.startsWith('43/chat,7[{"ok":false'))).toBe(true);
  expect(frames.some((frame) => frame.startsWith('42/chat,["error",'))).toBe(true);
  socket.close();
});

test('who leaves the namespace is closed', async () => {
  const { socket, frames } = await connect();
  socket.send('40/chat,{"token":"a"}');
  await expect.poll(() => frames.some((frame) => frame.startsWith('40/chat'))).toBe(true);
  socket.send('41/chat,');
  await expect.poll(() => socket.readyState).toBe(WebSocket.CLOSED);
  expect(sockets.connectionCount).toBe(0);
});

test('those who take their time over what they missed keep nobody from coming in', async () => {
  const all = await Promise.all(Array.from({ length: AT_ONCE + 1 }, () => connect()));
  for (const { socket } of all) socket.send('40/chat,{"token":"a","syncToken":"behind"}');
  for (const { frames } of all) {
    await expect.poll(() => frames.some((frame) => frame.startsWith('40/chat'))).toBe(true);
  }
  for (const { socket } of all) socket.close();
});

test('one socket has four synchronisations in work, and a fifth is to be asked for again', async () => {
  const { socket, frames } = await connect();
  socket.send('40/chat,{"token":"a"}');
  await expect.poll(() => frames.some((frame) => frame.startsWith('40/chat'))).toBe(true);
  for (let number = 1; number <= 5; number += 1) {
    socket.send(`42/chat,${number}["sync_request",{"cursors":{}}]`);
  }
  await expect.poll(() => frames.filter((frame) => frame.startsWith('43/chat'))).toHaveLength(1);
  expect(frames.find((frame) => frame.startsWith('43/chat'))).toMatch(/^43\/chat,5.*RATE_LIMITED/);
  syncing.resolve(edgeOk({}));
  await expect.poll(() => frames.filter((frame) => frame.startsWith('43/chat'))).toHaveLength(5);
  socket.close();
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
