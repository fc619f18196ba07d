import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ApiError } from './api-error.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { fixedToken, type TokenSource } from './token-source.ts';

/** The wire without Parley behind it: what a gateway may say at a handshake, and what the network does to it. */
let http: HttpServer;
let io: Server;
let admit: (token: string) => Record<string, unknown> | undefined;
let welcome: (socket: Socket) => void;
const connections: Connection[] = [];
let written: unknown[] = [];

beforeEach(async () => {
  http = createServer();
  io = new Server(http);
  written = [];
  admit = () => undefined;
  welcome = () => undefined;
  io.of('/chat').use((socket, next) => {
    const refusal = admit(String(socket.handshake.auth['token']));
    if (refusal === undefined) next();
    else next(Object.assign(new Error('refused'), { data: refusal }));
  });
  io.of('/chat').on('connection', (socket) => {
    socket.emit('connected', { serverTime: '2026-11-21T12:00:00.000Z' });
    welcome(socket);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await io.close();
});

function connect(tokens: TokenSource = fixedToken('good')): Connection {
  const { port } = http.address() as AddressInfo;
  const connection = new Connection({
    url: `http://127.0.0.1:${port}`,
    tokens,
    random: () => 0.1,
    onWritten: (position) => written.push(position),
  });
  connections.push(connection);
  connection.start();
  return connection;
}

const until = (connection: Connection, wanted: ConnectionState) =>
  new Promise<void>((resolve) => {
    connection.onState((state) => {
      if (state === wanted) resolve();
    });
  });

describe('a connection', () => {
  test('says its token and the version of the protocol', async () => {
    let auth: unknown;
    welcome = (socket) => {
      auth = socket.handshake.auth;
    };
    await connect().untilConnected();
    expect(auth).toEqual({ token: 'good', protocol: 1 });
  });

  test('an ack is an answer or a refusal', async () => {
    welcome = (socket) => {
      socket.on('refresh_token', ({ token }: { token: string }, ack: (answer: unknown) => void) => {
        if (token === 'next') ack({ ok: true, data: { expiresAt: 'then' } });
        else ack({ ok: false, error: { code: 'UNAUTHENTICATED', message: 'no', definite: true } });
      });
    };
    const connection = connect();
    await connection.untilConnected();
    expect(await connection.request('refresh_token', { token: 'next' })).toEqual({ expiresAt: 'then' });
    await expect(connection.request('refresh_token', { token: 'other' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      definite: true,
    });
  });

  test('tells where in the log stands what was done, and of nothing else', async () => {
    welcome = (socket) => {
      socket.on('mark_as_read', ({ upToSeq }: { upToSeq: number }, ack: (answer: unknown) => void) => {
        const data = { conversationId: 'cnv_1', upToSeq, position: `conv-${upToSeq}` };
        if (upToSeq === 7) ack({ ok: true, data });
        else ack({ ok: false, error: { code: 'FORBIDDEN', message: 'no', definite: true }, data });
      });
    };
    const connection = connect();
    await connection.untilConnected();
    await connection.request('mark_as_read', { conversationId: 'cnv_1', upToSeq: 7 });
    await connection.request('mark_as_read', { conversationId: 'cnv_1', upToSeq: 9 }).catch(() => undefined);
    expect(written).toEqual(['conv-7']);
  });

  test('an answer that does not come leaves the outcome unknown', async () => {
    const connection = connect();
    await connection.untilConnected();
    await expect(connection.request('refresh_token', { token: 'x' }, 20)).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
      definite: false,
    });
  });

  test('what is out when the connection is lost may have happened, what comes after certainly has not', async () => {
    welcome = (socket) => socket.on('refresh_token', () => socket.disconnect(true));
    const connection = connect();
    await connection.untilConnected();
    const lost = connection.request('refresh_token', { token: 'x' });
    await expect(lost).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME', definite: false });
    expect(connection.state).toBe('waiting');
    await expect(connection.request('refresh_token', { token: 'x' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      definite: true,
    });
  });

  test('comes back by itself', async () => {
    const came: Socket[] = [];
    welcome = (socket) => {
      came.push(socket);
      if (came.length < 3) socket.disconnect(true);
    };
    const connection = connect();
    while (came.length < 3) await until(connection, 'connected');
    expect(connection.state).toBe('connected');
  });

  test('fetches another token when the server does not take the one it has', async () => {
    let token = 'old';
    admit = (said) =>
      said === 'new' ? undefined : { code: 'TOKEN_EXPIRED', message: 'expired', definite: true };
    await connect({
      accessToken: () => Promise.resolve(token),
      renew: () => {
        token = 'new';
        return Promise.resolve(token);
      },
      usableForMs: () => Number.POSITIVE_INFINITY,
    }).untilConnected();
    expect(token).toBe('new');
  });

  test.each(['SESSION_REVOKED', 'UNSUPPORTED_VERSION'])('%s is the end', async (code) => {
    admit = () => ({ code, message: 'no', definite: true });
    const connection = connect();
    await expect(connection.untilConnected()).rejects.toMatchObject({ code });
    expect([connection.state, connection.stoppedBy?.code]).toEqual(['stopped', code]);
  });

  test('a refusal that passes is tried again, not before the server wants it', async () => {
    let tries = 0;
    admit = () => {
      tries += 1;
      return tries > 1
        ? undefined
        : { code: 'RATE_LIMITED', message: 'wait', definite: true, retryAfterMs: 150 };
    };
    const startMs = performance.now();
    await connect().untilConnected();
    expect(performance.now() - startMs).toBeGreaterThan(140);
  });

  test('ends when the session does, and says so to its session', async () => {
    let hasEnded = false;
    welcome = (socket) => socket.emit('session_revoked', { reason: 'signed-out' });
    const connection = connect({
      ...fixedToken('good'),
      ended: () => {
        hasEnded = true;
      },
    });
    await until(connection, 'stopped');
    expect([hasEnded, connection.stoppedBy?.code]).toEqual([true, 'SESSION_REVOKED']);
  });

  test('hands the running session its next token before the old one ends', async () => {
    const handed = new Promise((resolve) => {
      welcome = (socket) =>
        socket.on('refresh_token', (payload: unknown, ack: (answer: unknown) => void) => {
          ack({ ok: true, data: {} });
          resolve(payload);
        });
    });
    let usableForMs = 30;
    connect({
      accessToken: () => Promise.resolve('first'),
      renew: () => {
        usableForMs = Number.POSITIVE_INFINITY;
        return Promise.resolve('second');
      },
      usableForMs: () => usableForMs,
    });
    expect(await handed).toEqual({ token: 'second' });
  });

  test('a session that cannot be renewed is the end; a server that cannot be asked is not', async () => {
    const refused = new ApiError({ code: 'UNAUTHENTICATED', message: 'no', definite: true });
    const connection = connect({ ...fixedToken('good'), accessToken: () => Promise.reject(refused) });
    await expect(connection.untilConnected()).rejects.toBe(refused);

    let tries = 0;
    const other = connect({
      ...fixedToken('good'),
      accessToken: () => {
        tries += 1;
        return tries < 3 ? Promise.reject(new Error('no network')) : Promise.resolve('good');
      },
    });
    await other.untilConnected();
    expect(tries).toBe(3);
  });
});
