import { isDeepStrictEqual } from 'node:util';

import { type ClientEventName, newId, type RouteContract, type RouteName, routes } from '@parley/contracts';
import { type Person, until, World } from '@parley/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { forger } from './forge.ts';
import { answerTo, outcomeOf, rawSocket, send } from './raw.ts';
import { changeRows } from './rights/change-rows.ts';
import { blockRows, conversationRows, inviteRows, ownViewRows } from './rights/conversation-rows.ts';
import { eventRows } from './rights/event-rows.ts';
import { fileRows } from './rights/file-rows.ts';
import { identityRows } from './rights/identity-rows.ts';
import { messageRows } from './rights/message-rows.ts';
import { presenceRows } from './rights/presence-rows.ts';
import type { Asked, Expected, Row } from './rights/rows.ts';
import { type Cast, castOf, directScene, groupScene, type RoleName, type Scene } from './rights/scene.ts';
import { stickerRows } from './rights/sticker-rows.ts';
import { syncRows } from './rights/sync-rows.ts';

/** Every route and event, and who may. One without a row does not compile. */
const restRows: { readonly [Name in RouteName]: readonly Row[] } = {
  ...identityRows,
  ...conversationRows,
  ...inviteRows,
  ...blockRows,
  ...presenceRows,
  ...ownViewRows,
  ...messageRows,
  ...changeRows,
  ...fileRows,
  ...stickerRows,
  ...syncRows,
};

/** Who has no session is told so, and not whether there is what they ask for. */
const refusals = {
  missing: 'UNAUTHENTICATED',
  expired: 'TOKEN_EXPIRED',
  forged: 'UNAUTHENTICATED',
  revoked: 'SESSION_REVOKED',
} as const satisfies Record<string, Expected>;
type BadToken = keyof typeof refusals;

let world: World;
let cast: Cast;
let shared: { readonly group: Scene; readonly direct: Scene };
let tokens: { readonly [T in BadToken]: string | undefined };
let cellCount = 0;
let failureCount = 0;

beforeAll(async () => {
  world = await World.open();
  cast = await castOf(world);
  shared = { group: await groupScene(cast), direct: await directScene(cast) };
  const { accessToken } = cast.actors.owner.device.tokens;
  const forge = forger(accessToken, world.system.signingKeyFile);
  tokens = {
    missing: undefined,
    expired: forge({ claims: { iat: 1, exp: 2 } }),
    forged: forge({ sign: 'another key' }),
    revoked: await tokenOfEndedSession(cast.actors.owner),
  };
});

afterAll(async () => {
  process.stdout.write(`rights: ${cellCount} cells, ${failureCount} failures\n`);
  await world.holdsToTheLogs();
  await world[Symbol.asyncDispose]();
});

const tried = (Object.entries(routes) as [RouteName, RouteContract][]).filter(
  ([name, { auth }]) => auth === 'session' || cellsOf(restRows[name]).length > 0,
);

describe.each(tried)('%s', (name, route) => {
  const badTokens = route.auth === 'session' ? Object.entries(refusals) : [];
  for (const [kind, expected] of badTokens as [BadToken, Expected][]) {
    test(`a token that is ${kind} → ${expected}`, async () => {
      await expectCell(ask(route, { params: fillersOf(route) }, tokens[kind]), expected);
    });
  }
  for (const { row, role, expected } of cellsOf(restRows[name])) {
    test(`${titleOf(row)}: ${role} → ${expected}`, async () => {
      const scene = await sceneFor(row, expected);
      const actor = cast.actors[role];
      const asked = await row.ask(actor, scene);
      await expectCell(ask(route, asked, tokenOf(actor)), expected);
      if (role === 'stranger') await expectNothingTold(route, asked, actor);
    });
  }
});

const events = (Object.keys(eventRows) as ClientEventName[]).filter(
  (name) => cellsOf(eventRows[name]).length > 0,
);

describe.each(events)('%s', (name) => {
  for (const { row, role, expected } of cellsOf(eventRows[name])) {
    test(`${titleOf(row)}: ${role} → ${expected}`, async () => {
      const scene = await sceneFor(row, expected);
      const actor = cast.actors[role];
      const { body } = await row.ask(actor, scene);
      const socket = await rawSocket(world.gatewayUrl(0), { token: tokenOf(actor) });
      await expectCell(answerTo(socket, name, [body]), expected);
      socket.disconnect();
    });
  }
});

type Tried = Exclude<Row, { readonly place: 'nowhere' }>;

function cellsOf(rows: readonly Row[]): { row: Tried; role: RoleName; expected: Expected }[] {
  return rows.flatMap((row) =>
    row.place === 'nowhere'
      ? []
      : (Object.entries(row.cells) as [RoleName, Expected][]).map(([role, expected]) => ({
          row,
          role,
          expected,
        })),
  );
}

function titleOf({ place, what }: Tried): string {
  return what === undefined ? `in a ${place}` : `in a ${place}, ${what}`;
}

/** What succeeds and changes rights has a group to itself; what is refused changes nothing. */
async function sceneFor(row: Tried, expected: Expected): Promise<Scene> {
  if (row.place === 'direct') return shared.direct;
  return row.changes && expected === 'ok' ? groupScene(cast) : shared.group;
}

async function expectCell(outcome: Promise<string>, expected: Expected): Promise<void> {
  cellCount += 1;
  failureCount += 1;
  const said = await outcome;
  expect(said.replace(/^ok .*/, 'ok')).toBe(expected);
  failureCount -= 1;
}

async function tokenOfEndedSession(person: Person): Promise<string> {
  const laptop = await person.takesAnotherDevice();
  const { accessToken, deviceId } = laptop.tokens;
  await person.api.call('endDevice', { params: { id: deviceId } });
  const whoAmI = { method: 'GET', path: '/auth/me', headers: { authorization: `Bearer ${accessToken}` } };
  return until({
    look: async () =>
      (await outcomeOf(world.gatewayUrl(0), whoAmI)) === 'SESSION_REVOKED' ? accessToken : undefined,
    instead: () => 'the gateway still takes the token of a session that was ended',
  });
}

function tokenOf(person: Person): string {
  return person.device.tokens.accessToken;
}

/** To somebody outside, what is there and what is not are the same to the letter. */
async function expectNothingTold(route: RouteContract, asked: Asked, actor: Person): Promise<void> {
  const missing = JSON.parse(
    JSON.stringify(asked).replaceAll(/"(cnv|msg|fil)_[0-9a-z]{26}"/g, (_, prefix: string) =>
      JSON.stringify(newId(prefix)),
    ),
  ) as Asked;
  const told = async (one: Asked) =>
    withoutRequestId(await send(world.gatewayUrl(0), requestOf(route, one, tokenOf(actor))));
  const difference = async () => {
    const [there, nowhere] = [await told(asked), await told(missing)];
    return isDeepStrictEqual(there, nowhere) ? 'none' : { there, nowhere };
  };
  // A token says where the logs stand, which may move between two questions; whether something is there does not.
  await expect.poll(difference).toBe('none');
}

function withoutRequestId({ status, text }: { readonly status: number; readonly text: string }): object {
  const { requestId: _, ...body } = JSON.parse(text) as { readonly requestId: string };
  return { status, body };
}

function ask(route: RouteContract, asked: Asked, token: string | undefined): Promise<string> {
  return outcomeOf(world.gatewayUrl(0), requestOf(route, asked, token));
}

function requestOf(route: RouteContract, { params, query, body }: Asked, token: string | undefined) {
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => params?.[name] ?? '');
  const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
  return {
    method: route.method,
    path: `${path}${search}`,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** Something for every place of the path: who may not ask at all is told so before it is looked at. */
function fillersOf({ path }: RouteContract): Readonly<Record<string, string>> {
  return Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, newId('cnv')]));
}
