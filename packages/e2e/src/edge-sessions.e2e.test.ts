import { type Person, story as test, until, type World } from '@parley/testing';
import type { Socket } from 'socket.io-client';
import { describe, expect } from 'vitest';

import { forger } from './forge.ts';
import { answerTo, rawSocket, refusalOfHandshake } from './raw.ts';
import { say } from './rights/scene.ts';

/** Longer than what a gateway takes for standing still. */
const FROZEN_MS = 5_000;

describe('the sockets of a session', () => {
  test('close on every gateway when it ends, with Redis down as well', async ({ world }) => {
    const [an] = await world.people('An');
    const laptop = await an.takesAnotherDevice();
    const { accessToken, deviceId } = laptop.tokens;
    const sockets = await Promise.all([0, 1].map((index) => listening(world.gatewayUrl(index), accessToken)));
    await world.levers.pull('redis', 'stop');

    await an.api.call('endDevice', { params: { id: deviceId } });
    for (const { socket, heard } of sockets) {
      await closes(socket);
      expect(heard.at(-1)?.name).toBe('session_revoked');
    }
    for (const index of [0, 1]) {
      expect(await refusalOfHandshake(world.gatewayUrl(index), { token: accessToken })).toBe(
        'SESSION_REVOKED',
      );
    }
    expect(an.device.chat.connection.state).toBe('connected');
  });

  test('go on past the end of a token with the next one, and end with it otherwise', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const token = an.device.tokens.accessToken;
    const short = tokenFor(world, an, 8);
    const [renewed, forgotten] = await Promise.all([
      listening(world.gatewayUrl(0), short),
      listening(world.gatewayUrl(0), short),
    ]);
    // There is so little left that this is said at once.
    for (const one of [renewed, forgotten]) await hears(one, 'token_expiring');
    expect(await answerTo(renewed.socket, 'refresh_token', [{ token }])).toBe('ok');
    const othersToken = binh.device.tokens.accessToken;
    expect(await answerTo(renewed.socket, 'refresh_token', [{ token: othersToken }])).toBe('FORBIDDEN');
    expect(await answerTo(renewed.socket, 'refresh_token', [{ token: 'x' }])).toBe('UNAUTHENTICATED');

    await closes(forgotten.socket);
    expect(forgotten.heard.at(-1)).toMatchObject({ name: 'error', said: { code: 'TOKEN_EXPIRED' } });
    await say(binh, hanoi);
    await hears(renewed, 'new_message');
    expect(renewed.socket.connected).toBe(true);
    renewed.socket.disconnect();
  });

  test('a gateway that was frozen closes them before it says anything to them', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const laptop = await binh.takesAnotherDevice();
    const { accessToken, deviceId } = laptop.tokens;
    const ended = await listening(world.gatewayUrl(1), accessToken);
    const pid = await world.levers.pid('gateway-2');
    if (pid === undefined) throw new Error('gateway-2 does not run');
    process.kill(pid, 'SIGSTOP');
    try {
      await Promise.all([
        endsOnFirst(world, accessToken, deviceId),
        new Promise((resolve) => setTimeout(resolve, FROZEN_MS)),
      ]);
      await say(an, hanoi);
      // Said by the ended session while nobody could hear it.
      ended.socket.emit('send_message', { conversationId: hanoi.conversationId, content: 'còn đây' });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await closes(ended.socket);
    expect(ended.heard.map(({ name }) => name)).not.toContain('new_message');
    expect(ended.heard.map(({ name }) => name)).not.toContain('message_sent');
    expect(ended.heard.at(-1)?.name).toBe('session_revoked');
  });

  test('a handshake says which device it is, and the token must say the same', async ({ world }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const { accessToken: token, deviceId } = an.device.tokens;
    const url = world.gatewayUrl(0);
    expect(await refusalOfHandshake(url, { token, deviceId })).toBe('ok');
    const wrong = { token, deviceId: binh.device.tokens.deviceId };
    expect(await refusalOfHandshake(url, wrong)).toBe('FORBIDDEN');
    expect(await refusalOfHandshake(url, { token, naming: 'PascalCase' })).toBe('VALIDATION_FAILED');
  });

  test('a person has so many sockets over all gateways, however they come', async ({ world }) => {
    const [an] = await world.people('An');
    const { accessToken: token } = an.device.tokens;
    const tries = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) => rawSocket(world.gatewayUrl(index), { token })),
    );
    const open = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    // The device's own connection is one of ten.
    expect(open.length).toBeLessThanOrEqual(9);
    for (const one of tries) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ data: { code: 'RATE_LIMITED' } });
    }
    for (const socket of open) socket.disconnect();
    await until({
      look: async () =>
        (await refusalOfHandshake(world.gatewayUrl(0), { token })) === 'ok' ? true : undefined,
      instead: () => 'the places were not given back',
    });
  });
});

describe('the list of devices', () => {
  test('tells what each is, when it was last active, and by whom it is woken', async ({ world }) => {
    const [an] = await world.people('An');
    const push = { provider: 'fcm', token: `of-${an.device.tokens.deviceId}` } as const;
    await an.api.call('setPush', { body: { push } });
    const [before] = await devicesOf(an);
    expect(before).toMatchObject({ type: 'other', isCurrent: true, pushProvider: 'fcm' });
    expect(JSON.stringify(before)).not.toContain(push.token);

    await until({
      look: async () => {
        const [now] = await devicesOf(an);
        return now !== undefined && before !== undefined && now.lastActiveAt > before.lastActiveAt
          ? true
          : undefined;
      },
      instead: () => 'the device was never seen to be active',
    });
    await an.api.call('setPush', { body: { push: null } });
    expect((await devicesOf(an))[0]).toMatchObject({ pushProvider: null });
  });
});

interface Listening {
  readonly socket: Socket;
  readonly heard: { readonly name: string; readonly said: unknown }[];
}

async function listening(url: string, token: string): Promise<Listening> {
  const socket = await rawSocket(url, { token });
  const heard: Listening['heard'] = [];
  socket.onAny((name: string, said: unknown) => heard.push({ name, said }));
  return { socket, heard };
}

async function hears({ heard }: Listening, name: string): Promise<void> {
  await until({
    look: () => heard.find((one) => one.name === name),
    instead: () => `no ${name}, only ${JSON.stringify(heard)}`,
  });
}

async function closes(socket: Socket): Promise<void> {
  await until({
    look: () => (socket.disconnected ? true : undefined),
    instead: () => 'the socket is still open',
  });
}

function tokenFor(world: World, person: Person, lifeSeconds: number): string {
  const forge = forger(person.device.tokens.accessToken, world.system.signingKeyFile);
  return forge({ claims: { exp: Math.floor(Date.now() / 1_000) + lifeSeconds } });
}

/** By the first gateway, since the second cannot be asked. */
async function endsOnFirst(world: World, token: string, deviceId: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${world.gatewayUrl(0)}/devices/${deviceId}`, { method: 'DELETE', headers });
  expect(response.status).toBe(204);
}

async function devicesOf({ api }: Person) {
  const { data } = await api.call('listDevices');
  return data;
}
