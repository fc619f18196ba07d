import { clientEvents, newUuidV7, routes } from '@parley/contracts';
import { type Person, type Place, story as base, type World } from '@parley/testing';
import { describe, expect } from 'vitest';

import { type Case, readCorpus } from './corpus.ts';
import { type Forgery, forger } from './forge.ts';
import { answerTo, frameOutcome, outcomeOf, type RawRequest, rawSocket, refusalOfHandshake } from './raw.ts';

/** A socket may say so much at once, and be wrong so often, before it is told to slow down. */
const EVENTS_PER_SOCKET = 15;
const SURPRISE_COUNT_MAX = 10;

interface RequestInput {
  readonly body?: unknown;
  readonly raw?: string;
  readonly hex?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly anonymous?: true;
}

interface Victims {
  readonly an: Person;
  readonly binh: Person;
  readonly conversationId: string;
  readonly token: string;
}

/** A test in which somebody tries things in An's name, who sits in a group with Bình. */
const test = base.extend<{ victims: Victims }>({
  victims: async ({ world }, use) => {
    const [an, binh] = await world.people('An', 'Bình');
    const place = await an.startsGroup('Hà Nội', { with: [binh] });
    const { conversationId } = place;
    const { accessToken } = an.device.tokens;
    // Being told is stored too, a little later.
    await Promise.all([an, binh].map(({ device }) => device.hears('new_conversation')));
    const before = await stateOf(world);
    await use({ an, binh, conversationId, token: accessToken });
    await expectNobodyNoticed(world, { an, binh, place, before });
  },
});

async function expectNobodyNoticed(
  world: World,
  {
    an,
    binh,
    place,
    before,
  }: Pick<Victims, 'an' | 'binh'> & { readonly place: Place; readonly before: object },
): Promise<void> {
  expect(await stateOf(world)).toEqual(before);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  await an.says('Vẫn ổn', { in: place });
  await expect(binh).toSee(['Vẫn ổn'], { in: place });
  expect(binh.device.heard('resync_required')).toEqual([]);
}

/** Who runs, and how much is stored. */
async function stateOf(world: World) {
  return { pids: await world.levers.pids(), stored: await world.storedCount() };
}

function valuesFor({ an, conversationId }: Victims) {
  return {
    conversationId: () => conversationId,
    userId: () => an.userId,
    clientMessageId: () => newUuidV7(),
  };
}

/** Runs every case, and answers with the first few that came to something else than is expected. */
async function surprises<Input>(
  cases: readonly Case<Input>[],
  tryOut: (one: Case<Input>) => Promise<string>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const one of cases) {
    const outcome = await tryOut(one);
    if (isExpected(outcome, one.expect) || found.length >= SURPRISE_COUNT_MAX) continue;
    found.push(`${one.id} (${one.where}): ${outcome}, not ${one.expect}`);
  }
  return found;
}

function isExpected(outcome: string, expected: string): boolean {
  if (expected === 'refused') return outcome === 'VALIDATION_FAILED' || outcome === 'NOT_FOUND';
  if (expected === 'closed or ignored') return outcome === 'closed' || outcome === 'ignored';
  return outcome === expected || (expected.startsWith('4') && outcome.startsWith(expected));
}

const json = { 'content-type': 'application/json' };

describe('bad input is refused, and nobody notices', () => {
  test('ids that are none, in every id of every route', async ({ world, victims }) => {
    const headers = { ...json, authorization: `Bearer ${victims.token}` };
    const { conversationId } = victims;
    const clientMessageId = newUuidV7();
    const inPaths = Object.values(routes).flatMap(({ method, path }) =>
      [...path.matchAll(/:\w+/g)].map(([name]) => (id: string): RawRequest => {
        const others = path.replace(name, encodeURIComponent(id)).replaceAll(/:\w+/g, conversationId);
        return { method, path: others, headers, ...(method === 'GET' ? {} : { body: '{"userIds":[]}' }) };
      }),
    );
    const post = (path: string, around: (id: string) => object) => (id: string) =>
      ({ method: 'POST', path, headers, body: JSON.stringify(around(id)) }) satisfies RawRequest;
    const inBodies = [
      post('/conversations/direct', (recipientId) => ({ recipientId })),
      post('/conversations/group', (id) => ({ name: 'Nhóm', memberIds: [id] })),
      post(`/conversations/${conversationId}/members`, (id) => ({ userIds: [id] })),
      post('/messages/text', (id) => ({ conversationId: id, clientMessageId, content: 'x' })),
      post('/conversations/messages', (id) => ({ conversationId, clientMessageId: id, content: 'x' })),
      post('/conversations/messages/read', (id) => ({ conversationId: id, upToSeq: 1 })),
      post('/conversations/messages/read', (id) => ({ conversationId, messageId: id })),
      post('/conversations/messages/read', (id) => ({ conversationId, messageIds: [id] })),
    ];
    const tries = readCorpus<string>('ids').flatMap((one) =>
      [...inPaths, ...inBodies].map((makeRequest) => {
        const input = makeRequest(one.input);
        return { ...one, where: `${input.method} ${input.path.slice(0, 80)}`, input };
      }),
    );

    expect(await surprises(tries, ({ input }) => outcomeOf(world.gatewayUrl(0), input))).toEqual([]);
  });

  test('ids that are none, in every id of every event', async ({ world, victims }) => {
    const { conversationId } = victims;
    const clientMessageId = newUuidV7();
    const payloads: readonly [string, (id: string) => object][] = [
      ['send_message', (id) => ({ conversationId: id, clientMessageId, content: 'x' })],
      ['send_message', (id) => ({ conversationId, clientMessageId: id, content: 'x' })],
      ['mark_as_read', (id) => ({ conversationId: id, upToSeq: 1 })],
      ['mark_as_read', (id) => ({ conversationId, messageId: id })],
      ['join_conversation', (id) => ({ conversationId: id })],
      ['leave_conversation', (id) => ({ conversationIds: [id] })],
      ['create_conversation', (id) => ({ kind: 'direct', recipientId: id })],
      ['create_conversation', (id) => ({ kind: 'group', name: 'Nhóm', memberIds: [id] })],
      ['sync_request', (id) => ({ cursors: Object.fromEntries([[id, 0]]) })],
    ];
    const tries = readCorpus<string>('ids').flatMap((one) =>
      payloads.map(([where, payloadOf]) => ({ ...one, where, input: [payloadOf(one.input)] })),
    );

    // A record does not keep this key, so that question names no conversation at all.
    const found = await eventSurprises(world, victims, tries);
    expect(found.filter((line) => line !== 'N28 (sync_request): ok, not refused')).toEqual([]);
  });

  test('requests', async ({ world, victims }) => {
    const cases = readCorpus<RequestInput>('requests', valuesFor(victims));
    const found = await surprises(cases, ({ where, input }) => {
      const [method = '', path = ''] = where.split(' ');
      const authorization = input.anonymous ? {} : { authorization: `Bearer ${victims.token}` };
      const body = bodyOf(input);
      return outcomeOf(world.gatewayUrl(1), {
        method,
        path,
        headers: { ...(body === undefined ? {} : json), ...authorization, ...input.headers },
        ...(body === undefined ? {} : { body }),
      });
    });
    expect(found).toEqual([]);
  });

  test('events', async ({ world, victims }) => {
    const cases = readCorpus<readonly unknown[]>('events', valuesFor(victims));
    const tries = cases.flatMap((one) =>
      one.where === 'every event' ? Object.keys(clientEvents).map((where) => ({ ...one, where })) : [one],
    );
    expect(await eventSurprises(world, victims, tries)).toEqual([]);
  });

  test('frames', async ({ world, victims }) => {
    const cases = readCorpus<readonly string[]>('frames', valuesFor(victims));
    const tryOut = ({ input }: Case<readonly string[]>) =>
      frameOutcome(world.gatewayUrl(0), victims.token, input);
    expect(await surprises(cases, tryOut)).toEqual([]);
  });

  test('tokens, over REST and in the handshake', async ({ world, victims }) => {
    const forge = forger(victims.token, world.system.signingKeyFile);
    const cases = readCorpus<Forgery>('tokens');
    const me = (token: string) =>
      outcomeOf(world.gatewayUrl(0), {
        method: 'GET',
        path: '/auth/me',
        headers: { authorization: `Bearer ${token}` },
      });
    // Too long for a header, which ends the request before anybody reads it.
    const short = cases.filter(({ id }) => id !== 'J16');

    expect(await me(forge({}))).toBe('ok 200');
    expect(await surprises(short, ({ input }) => me(forge(input)))).toEqual([]);
    const shake = ({ input }: Case<Forgery>) =>
      refusalOfHandshake(world.gatewayUrl(1), { token: forge(input) });
    expect((await surprises(cases, shake)).filter((line) => !line.startsWith('J16'))).toEqual([]);
  });
});

/** Says events in An's name, over as many sockets as it takes not to be told to slow down. */
async function eventSurprises(
  world: World,
  { token }: Victims,
  cases: readonly Case<readonly unknown[]>[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let start = 0; start < cases.length; start += EVENTS_PER_SOCKET) {
    const socket = await rawSocket(world.gatewayUrl(start), { token });
    const some = cases.slice(start, start + EVENTS_PER_SOCKET);
    found.push(...(await surprises(some, ({ where, input }) => answerTo(socket, where, input))));
    socket.disconnect();
  }
  return found;
}

function bodyOf({ body, raw, hex }: RequestInput): Buffer | string | undefined {
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  return raw ?? (body === undefined ? undefined : JSON.stringify(body));
}
