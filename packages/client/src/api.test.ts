import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { mayRetry } from './api-error.ts';
import { Api } from './api.ts';
import { fixedToken } from './token-source.ts';

interface Told {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

const TOKENS = { accessToken: 'a', refreshToken: 'r', userId: 'usr_an' };
const behind = { status: 503, body: { code: 'READ_MODEL_BEHIND', message: 'Read again.', definite: true } };
const group = { body: { name: 'Hà Nội', memberIds: [] } };
const wroteConversation = (position: string): Told => ({ status: 201, body: { position } });
const wroteAccount = (position: string): Told => ({ status: 204, headers: { 'x-position': position } });

/** A server that answers what it is told to, in turn, and keeps what it was asked. */
let server: Server;
let an: Api;
let nobody: Api;
const answers: Told[] = [];
const asked: IncomingMessage[] = [];

beforeEach(async () => {
  answers.length = 0;
  asked.length = 0;
  server = createServer((request, response) => {
    asked.push(request);
    const { status = 200, headers = {}, body } = answers.shift() ?? {};
    response.writeHead(status, headers).end(body === undefined ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  nobody = new Api({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
  an = nobody.as(fixedToken('token'));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What the last call asked to be included. */
function wanted(): unknown {
  return asked.at(-1)?.headers['x-min-position'];
}

describe('a read after An has written', () => {
  test('asks for nothing before anything was written', async () => {
    await an.call('listConversations');
    expect(wanted()).toBeUndefined();
  });

  test('includes what was written, whether the answer said so in its body or in its header', async () => {
    answers.push(wroteConversation('conv-42'), {}, wroteAccount('user-7'));
    await an.call('startGroup', group);
    await an.call('listConversations');
    expect(wanted()).toBe('conv-42');

    await an.call('endDevice', { params: { id: 'dev_laptop' } });
    await an.call('listDevices');
    expect(wanted()).toBe('conv-42,user-7');
  });

  test('includes the furthest of each kind of log, in whichever order the answers came', async () => {
    answers.push(wroteConversation('conv-42'), wroteConversation('conv-9'), wroteAccount('user-7'));
    answers.push(wroteConversation('conv-100'));
    await Promise.all([an.call('startGroup', group), an.call('startGroup', group)]);
    await an.call('renameDevice', { params: { id: 'dev_laptop' }, body: { name: 'máy bảng' } });
    await an.call('startGroup', group);
    await an.call('listConversations');
    expect(wanted()).toBe('conv-100,user-7');
  });

  test('includes what the caller names as well, and the further of two of one kind', async () => {
    answers.push(wroteConversation('conv-42'), wroteAccount('user-7'));
    await an.call('startGroup', group);
    await an.call('renameDevice', { params: { id: 'dev_laptop' }, body: { name: 'máy bảng' } });
    await an.call('listConversations', { minPosition: 'conv-50' });
    expect(wanted()).toBe('conv-50,user-7');
    await an.call('listConversations', { minPosition: 'conv-9' });
    expect(wanted()).toBe('conv-42,user-7');
  });

  test('includes what was written elsewhere, as by the socket', async () => {
    answers.push(wroteConversation('conv-42'));
    await an.call('startGroup', group);
    an.include('conv-60');
    an.include('conv-50');
    an.include(undefined);
    await an.call('listConversations');
    expect(wanted()).toBe('conv-60');
  });

  test('learns nothing from reads, from refusals, and from what is no position', async () => {
    answers.push({ headers: { 'x-position': 'conv-1' } }, { ...behind, headers: { 'x-position': 'conv-2' } });
    answers.push(wroteAccount('somewhere'), { body: { position: 12 } });
    await an.call('listConversations');
    await expect(an.call('startGroup', group)).rejects.toMatchObject({ code: 'READ_MODEL_BEHIND' });
    await an.call('endDevice', { params: { id: 'dev_laptop' } });
    await an.call('startGroup', group);
    await an.call('listConversations');
    expect(wanted()).toBeUndefined();
  });

  test('a write waits for nothing', async () => {
    answers.push(wroteConversation('conv-42'), wroteConversation('conv-43'));
    await an.call('startGroup', group);
    await an.call('startGroup', group);
    expect(wanted()).toBeUndefined();
  });
});

describe('when the read model is behind', () => {
  test('An is told so, once and definitely, and never shown less than was written', async () => {
    answers.push(wroteConversation('conv-42'), behind);
    await an.call('startGroup', group);
    const refusal: unknown = await an.call('listConversations').catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'READ_MODEL_BEHIND', definite: true });
    expect([mayRetry(refusal), asked.length]).toEqual([true, 2]);

    await an.call('listConversations');
    expect(wanted()).toBe('conv-42');
  });

  test('a hasty read takes what is there, and what it writes is known to the others', async () => {
    const hasty = an.hasty();
    answers.push(wroteConversation('conv-42'));
    await hasty.call('startGroup', group);
    await hasty.call('listConversations');
    expect(wanted()).toBeUndefined();

    await an.call('listConversations');
    expect(wanted()).toBe('conv-42');
  });
});

describe('who has just signed in', () => {
  test('reads with what the sign-in wrote', async () => {
    answers.push({ body: TOKENS, headers: { 'x-position': 'user-7' } });
    const { accessToken } = await nobody.call('signIn', {
      body: { username: 'an', password: 'correct horse' },
    });
    await nobody.as(fixedToken(accessToken)).call('listDevices');
    expect([wanted(), asked.at(-1)?.headers.authorization]).toEqual(['user-7', 'Bearer a']);
  });

  test('does not wait for what others write later', async () => {
    answers.push({ status: 201, body: TOKENS, headers: { 'x-position': 'user-7' } });
    await nobody.call('register', {
      body: { username: 'binh', password: 'correct horse', displayName: 'Bình' },
    });
    const binh = nobody.as(fixedToken('of Bình'));
    answers.push(wroteConversation('conv-42'));
    await an.call('startGroup', group);
    await binh.call('listConversations');
    expect(wanted()).toBe('user-7');
  });

  test('keeps it over a renewed token', async () => {
    const renewing = { ...fixedToken('old'), renew: () => Promise.resolve('new') };
    const api = nobody.as(renewing);
    answers.push(wroteAccount('user-7'));
    answers.push({ status: 401, body: { code: 'TOKEN_EXPIRED', message: 'Expired.', definite: true } });
    await api.call('endDevice', { params: { id: 'dev_laptop' } });
    await api.call('listDevices');
    expect(asked.map(({ headers }) => [headers.authorization, headers['x-min-position']])).toEqual([
      ['Bearer old', undefined],
      ['Bearer old', 'user-7'],
      ['Bearer new', 'user-7'],
    ]);
  });
});
