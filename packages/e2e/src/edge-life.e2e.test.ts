import { connect, type Socket as NetSocket } from 'node:net';

import { newUuidV7 } from '@parley/contracts';
import { type Person, type Place, story as test, until, type World } from '@parley/testing';
import type { Socket } from 'socket.io-client';
import { describe, expect } from 'vitest';

import { answerTo, rawSocket } from './raw.ts';
import { say } from './rights/scene.ts';

const MESSAGE_SERVICES = ['message-1', 'message-2'];
/** The longest message there may be, so often that it fills the buffers of both systems and then the gateway's. */
const LONG = 'ồ'.repeat(10_000);
/** 45 MB: more than the kernels between two processes may take in for a reader, which differs by machine. */
const LONG_COUNT_MAX = 1_500;
const LONG_AT_ONCE = 25;
/** One that does not read still says that it lives. */
const PONG_EVERY_MS = 2_000;
const STORM_PEOPLE_COUNT = 6;
const SOCKETS_EACH = 5;

/** What each part takes with it. */
const features = [
  ['redis', 'typing'],
  ['postgres', 'history'],
  ['nats', 'messages'],
] as const;

describe('the life of a connection', () => {
  test('who sends without a callback hears that it is stored, before it is decided', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { socket, heard } = await listening(world, an, 0);
    await whileFrozen(world, MESSAGE_SERVICES, async () => {
      socket.emit('send_message', sendTo(hanoi));
      await hears(heard, 'message_received');
      expect(heard.map(({ name }) => name)).not.toContain('message_sent');
    });
    await hears(heard, 'message_sent');
    socket.disconnect();
  });

  test('a gateway that goes away says so, answers what it has taken in, and takes nothing more', async ({
    world,
  }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const { socket, heard } = await listening(world, an, 1);
    let answered: Promise<string> | undefined;
    let stopping: Promise<void> | undefined;
    await whileFrozen(world, MESSAGE_SERVICES, async () => {
      answered = answerTo(socket, 'send_message', [sendTo(hanoi)]);
      // The order of one socket: what was said before is under way when this is answered.
      await answerTo(socket, 'join_conversation', [{ conversationId: hanoi.conversationId }]);
      stopping = world.levers.pull('gateway-2', 'stop');
      const draining = await hears(heard, 'server_draining');
      expect(draining).toMatchObject({ retryAfterMs: expect.any(Number) });
      expect(await answerTo(socket, 'send_message', [sendTo(hanoi)])).toBe('UNAVAILABLE');
      expect(await readiness(world.gatewayUrl(1))).not.toBe(200);
    });
    expect(await answered).toBe('ok');
    await stopping;
    expect(socket.connected).toBe(false);
    await world.levers.pull('gateway-2', 'start');
    await expect(binh).toSee(['Chào'], { in: hanoi });
  });

  for (const [part, feature] of features) {
    test(`while ${part} is away it is told once, and once that it is back`, async ({ world }) => {
      const [an] = await world.people('An');
      const { socket, heard } = await listening(world, an, 0);
      await world.levers.pull(part, 'stop');
      const degraded = await hears(heard, 'degraded');
      expect(degraded).toMatchObject({ features: expect.arrayContaining([feature]) });
      if (part !== 'nats') {
        const later = await listening(world, an, 0);
        await hears(later.heard, 'degraded');
        later.socket.disconnect();
      }
      await world.levers.pull(part, 'start');
      await hears(heard, 'restored');
      const told = heard.map(({ name }) => name).filter((name) => name === 'degraded' || name === 'restored');
      expect(told).toEqual(['degraded', 'restored']);
      socket.disconnect();
    });
  }

  test('a reader that does not read is cut off, and keeps nobody from reading', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const reader = await deafSocket(world.gatewayUrl(0), binh.device.tokens.accessToken);
    const connectedCount = await socketCount(world.gatewayUrl(0));
    for (let count = 0; count < LONG_COUNT_MAX; count += LONG_AT_ONCE) {
      await Promise.all(Array.from({ length: LONG_AT_ONCE }, () => saysLong(an, hanoi)));
      if ((await socketCount(world.gatewayUrl(0))) < connectedCount) break;
    }
    await say(an, hanoi);
    await reader.readsOnUntil('["resync_required",{"reason":"SLOW_CONSUMER"}]');
    await until({
      look: () => (binh.device.textsIn(hanoi).includes('Chào cả nhà') ? true : undefined),
      instead: () => `Bình sees ${binh.device.messagesIn(hanoi).length} messages`,
    });
  });

  test('everybody who is cut off at once comes back', async ({ world }) => {
    const names = Array.from({ length: STORM_PEOPLE_COUNT }, (_, index) => `P${index}`);
    const people = await world.people(...names);
    const [an] = people as readonly [Person, ...Person[]];
    const hanoi = await an.startsGroup('Hà Nội', { with: people.slice(1) });
    const comeIn = () =>
      Promise.all(
        people.flatMap((person) => Array.from({ length: SOCKETS_EACH }, () => listening(world, person, 0))),
      );
    for (const { socket } of await comeIn()) socket.disconnect();
    const back = await untilAllIn(comeIn);
    await say(an, hanoi);
    for (const { heard } of back) await hears(heard, 'new_message');
    for (const { socket } of back) socket.disconnect();
  });
});

interface Heard {
  readonly name: string;
  readonly said: unknown;
}

interface Listening {
  readonly socket: Socket;
  readonly heard: readonly Heard[];
}

async function listening(world: World, { device }: Person, gateway: number): Promise<Listening> {
  const heard: Heard[] = [];
  const socket = await rawSocket(
    world.gatewayUrl(gateway),
    { token: device.tokens.accessToken },
    { onEvent: (name, said) => heard.push({ name, said }) },
  );
  return { socket, heard };
}

function hears(heard: readonly Heard[], name: string): Promise<unknown> {
  return until({
    look: () => heard.find((one) => one.name === name)?.said,
    instead: () => `no ${name}, only ${JSON.stringify(heard.map((one) => one.name))}`,
  });
}

/** Places are given back a moment after their sockets have gone. */
async function untilAllIn<Everybody>(comeIn: () => Promise<Everybody>): Promise<Everybody> {
  return until({
    look: () => comeIn().catch(() => undefined),
    instead: () => 'somebody was not let in again',
  });
}

async function saysLong({ api }: Person, { conversationId }: Place): Promise<void> {
  await api.call('sendText', { body: { conversationId, clientMessageId: newUuidV7(), content: LONG } });
}

function sendTo({ conversationId }: Place) {
  return { conversationId, clientMessageId: newUuidV7(), content: 'Chào' };
}

async function whileFrozen(world: World, parts: readonly string[], act: () => Promise<void>): Promise<void> {
  const pids = await Promise.all(parts.map((part) => world.levers.pid(part)));
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of pids) if (pid !== undefined) process.kill(pid, name);
  };
  signal('SIGSTOP');
  try {
    await act();
  } finally {
    signal('SIGCONT');
  }
}

async function readiness(gatewayUrl: string): Promise<number> {
  return fetch(`${gatewayUrl}/readyz`).then(
    ({ status }) => status,
    () => 0,
  );
}

async function socketCount(gatewayUrl: string): Promise<number> {
  const { components } = (await (await fetch(`${gatewayUrl}/health`)).json()) as {
    readonly components: { readonly sockets: { readonly detail: string } };
  };
  return Number.parseInt(components.sockets.detail, 10);
}

/** Joins /chat by hand, and from then on reads nothing until it is asked for the rest. */
async function deafSocket(gatewayUrl: string, token: string) {
  const { hostname, port, host } = new URL(gatewayUrl);
  const socket: NetSocket = connect({ host: hostname, port: Number(port) });
  let text = '';
  socket.on('data', (bytes) => {
    text = (text + bytes.toString('utf8')).slice(-1_000_000);
  });
  socket.on('error', () => undefined);
  const reads = (part: string) =>
    until({
      look: () => (text.includes(part) ? true : undefined),
      instead: () => `no ${part} in ${text.slice(-500)}`,
    });
  socket.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await reads('"sid"');
  socket.write(masked(`40/chat,${JSON.stringify({ token })}`));
  await reads('["connected"');
  socket.pause();
  const ponging = setInterval(() => socket.write(masked('3')), PONG_EVERY_MS);
  socket.on('close', () => clearInterval(ponging));
  return {
    async readsOnUntil(part: string): Promise<void> {
      socket.resume();
      await reads(part);
      socket.destroy();
    },
  };
}

/** One client frame; the mask is zeros, so it changes nothing. */
function masked(packet: string): Buffer {
  const body = Buffer.from(packet);
  if (body.length < 126) return Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body]);
  const head = Buffer.alloc(8);
  head.set([0x81, 0x80 | 126]);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}
