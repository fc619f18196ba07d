import { type ClientEventName, type EventNaming, serverEventNamed } from '@parley/contracts';
import { until, World } from '@parley/testing';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type EventRow, eventRows, type EventScene } from './events/event-rows.ts';
import { answerTo, rawSocket } from './raw.ts';
import { say } from './rights/scene.ts';

type Who = 'an' | 'binh' | 'chi';
interface Heard {
  readonly name: string;
  readonly said: unknown;
}

let world: World;
let scene: EventScene;
/** Of each naming and person a socket that records what it hears. */
let sockets: { readonly [N in EventNaming]: { readonly [W in Who]: Socket } };
const heard = new Map<Socket, Heard[]>();

const namings: readonly EventNaming[] = ['snake_case', 'camelCase'];

beforeAll(async () => {
  world = await World.open();
  const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
  const place = await an.startsGroup('Hà Nội', { with: [binh] });
  const messageIds = { an: await say(an, place), binh: await say(binh, place) };
  scene = { an, binh, chi, place, messageIds };
  const socketsIn = async (naming: EventNaming) => {
    const [ofAn, ofBinh, ofChi] = await Promise.all(
      [an, binh, chi].map(({ device }) =>
        listening(world.gatewayUrl(0), { token: device.tokens.accessToken, naming }),
      ),
    );
    return { an: ofAn, binh: ofBinh, chi: ofChi } as { readonly [W in Who]: Socket };
  };
  sockets = { snake_case: await socketsIn('snake_case'), camelCase: await socketsIn('camelCase') };
});
afterAll(async () => {
  for (const socket of heard.keys()) socket.disconnect();
  await world[Symbol.asyncDispose]();
});

describe.each(Object.entries(eventRows) as [ClientEventName, EventRow][])('%s', (name, row) => {
  describe.each(namings)('in %s', (naming) => {
    const said = naming === 'camelCase' ? asCamel(name) : name;

    test('is answered by its ack, and heard by whom it concerns', async () => {
      const payload = await row.payload(scene);
      const socket = await speaker(naming);
      const from = marks(naming);
      expect(await answerTo(socket, said, [payload])).toBe('ok');
      if (row.heard) await hears(sockets[naming][row.heard.by], row.heard.name, { naming, from });
      socket.disconnect();
    });

    test('is confirmed by an event to who has no callback', async () => {
      const payload = await row.payload(scene);
      const socket = await speaker(naming);
      const from = marks(naming);
      socket.emit(said, payload);
      if (row.confirmedBy) await hears(socket, row.confirmedBy, { naming });
      if (row.heard) await hears(sockets[naming][row.heard.by], row.heard.name, { naming, from });
      // What comes after it is answered after it: nothing else was said of it until then.
      await answerTo(socket, naming === 'camelCase' ? 'joinConversation' : 'join_conversation', [null]);
      expect((heard.get(socket) ?? []).filter((one) => one.name === 'error')).toEqual([]);
      socket.disconnect();
    });
  });

  test.each([
    ['null', () => null],
    ['a text', () => 'Chào'],
    ['a list', () => []],
    ['nothing in it', () => ({})],
    ['too much', (payload) => row.oversized(payload)],
    ['an unknown field', (payload) => ({ ...payload, surprise: true })],
  ] as [string, (payload: Readonly<Record<string, unknown>>) => unknown][])(
    '%s is refused',
    async (what, spoil) => {
      const payload = spoil(await row.payload(scene));
      const expected = what === 'nothing in it' && row.takesNothing ? 'ok' : 'VALIDATION_FAILED';
      const socket = await speaker('snake_case');
      expect(await answerTo(socket, name, [payload])).toBe(expected);
      socket.disconnect();
    },
  );

  test('who has no callback hears of a refusal by an event', async () => {
    const socket = await speaker('snake_case');
    socket.emit(name, 'Chào');
    const word = name === 'send_message' ? 'message_error' : 'error';
    const refusal = await hears(socket, word, { naming: 'snake_case' });
    expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED', definite: true });
    socket.disconnect();
  });
});

test('a frame over the limit ends its own connection and no other', async () => {
  const socket = await speaker('snake_case');
  const { conversationId } = scene.place;
  socket.emit('send_message', { conversationId, content: 'a'.repeat(70_000) });
  await until({
    look: () => (socket.disconnected ? true : undefined),
    instead: () => 'the socket is still open',
  });
  expect(sockets.snake_case.an.connected).toBe(true);
});

test('twenty unknown events are answered, and then the socket is closed', async () => {
  const socket = await speaker('snake_case');
  for (let count = 1; count <= 20; count += 1) {
    expect(await answerTo(socket, 'sendMessage', [{}])).toBe('UNKNOWN_EVENT');
  }
  socket.emit('constructor', {});
  await until({
    look: () => (socket.disconnected ? true : undefined),
    instead: () => 'the socket is still open',
  });
  expect(heard.get(socket)?.at(-1)).toMatchObject({ name: 'error', said: { code: 'UNKNOWN_EVENT' } });
});

async function speaker(naming: EventNaming): Promise<Socket> {
  return listening(world.gatewayUrl(1), { token: scene.an.device.tokens.accessToken, naming });
}

async function listening(url: string, auth: object): Promise<Socket> {
  const socket = await rawSocket(url, auth);
  const own: Heard[] = [];
  heard.set(socket, own);
  socket.onAny((name: string, said: unknown) => own.push({ name, said }));
  return socket;
}

/** How much everybody has heard so far. */
function marks(naming: EventNaming): ReadonlyMap<Socket, number> {
  return new Map(Object.values(sockets[naming]).map((socket) => [socket, heard.get(socket)?.length ?? 0]));
}

function hears(
  socket: Socket,
  name: string,
  { naming, from }: { readonly naming: EventNaming; readonly from?: ReadonlyMap<Socket, number> },
): Promise<unknown> {
  const called = serverEventNamed(naming, name);
  const since = from?.get(socket) ?? 0;
  return until({
    look: () =>
      heard
        .get(socket)
        ?.slice(since)
        .find((one) => one.name === called)?.said,
    instead: () =>
      `no ${called}, only ${JSON.stringify(
        heard
          .get(socket)
          ?.slice(since)
          .map((one) => one.name),
      )}`,
  });
}

function asCamel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
