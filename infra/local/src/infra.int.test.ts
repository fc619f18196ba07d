import { access, readFile } from 'node:fs/promises';

import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connectNats, readDurability } from '@parley/jetstream';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startInfra } from './infra.ts';
import type { Infra } from './infra.ts';
import { judgeVersion, OLDEST_VERSION } from './version.ts';

const STREAM = 'EVT_CONV';
const SUBJECT = 'evt.conv.main.00.cnv_1.m';
const DENIED = /permissions violation/i;

let infra: Infra;

beforeAll(async () => {
  infra = await startInfra();
});
afterAll(async () => {
  await infra.stop();
});

const connect = (user: string) => connectNats({ url: infra.nats.url(user), name: `test ${user}` });

async function ask(role: string, statement: string) {
  const client = new Client({ connectionString: infra.postgres.url(role) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

test('every part is new enough, ours and on loopback', () => {
  for (const part of [infra.nats, infra.postgres, infra.redis]) {
    expect(judgeVersion(part.version, OLDEST_VERSION[part.name]).ok).toBe(true);
    expect(part.pid).toBeGreaterThan(1);
    expect(part.address).toMatch(/^127\.0\.0\.1:\d+$/);
  }
});

describe('NATS', () => {
  beforeAll(async () => {
    const nc = await connect('admin');
    const manager = await jetstreamManager(nc);
    await manager.streams.add({ name: STREAM, subjects: ['evt.conv.>'], allow_direct: true });
    await nc.close();
  });

  test('an ordinary user can see that every write is synced', async () => {
    const nc = await connect('message');
    expect(await readDurability(nc)).toMatchObject([{ syncAlways: true, version: infra.nats.version }]);
    await nc.close();
  });

  test('a service appends to its log and reads it, and cannot delete, purge or change it', async () => {
    const nc = await connect('message');
    const manager = await jetstreamManager(nc, { checkAPI: false });
    const { seq } = await jetstream(nc).publish(SUBJECT, 'Chào');
    expect((await manager.direct.getMessage(STREAM, { seq }))?.string()).toBe('Chào');

    await expect(manager.streams.delete(STREAM)).rejects.toThrow(DENIED);
    await expect(manager.streams.purge(STREAM)).rejects.toThrow(DENIED);
    await expect(manager.streams.update(STREAM, { max_msgs: 1 })).rejects.toThrow(DENIED);
    await expect(manager.streams.deleteMessage(STREAM, seq)).rejects.toThrow(DENIED);
    await nc.close();
  });

  test.each([
    ['gateway', SUBJECT],
    ['identity', SUBJECT],
    ['conversation', SUBJECT],
    ['message', 'evt.conv.main.00.cnv_1.c'],
    ['message', 'evt.user.main.00.usr_1.a'],
    ['conversation', 'evt.user.main.00.usr_1.a'],
    ['identity', 'reply.gateway-1'],
    ['message', 'cmd.conversation.0'],
    ['message', 'live.conv.main.00.cnv_1.m'],
    ['gateway', 'live.conv.main.00.cnv_1.m'],
    ['conversation', '$SYS.REQ.SERVER.PING'],
  ])('%s cannot publish to %s', async (user, subject) => {
    const nc = await connect(user);
    await expect(nc.request(subject, 'forged', { timeout: 1_000 })).rejects.toThrow(DENIED);
    await nc.close();
  });

  test.each(['>', '_INBOX_identity.>', '_INBOX.>', 'qry.identity.>', 'cmd.>', 'evt.>'])(
    'message cannot listen to %s',
    async (subject) => {
      const nc = await connect('message');
      const refused = new Promise((resolve) => {
        nc.subscribe(subject, { callback: (error) => resolve(error) });
      });
      expect(String(await refused)).toMatch(DENIED);
      await nc.close();
    },
  );

  test('a wrong password is refused', async () => {
    const url = new URL(infra.nats.url('message'));
    url.password = 'wrong';
    await expect(connectNats({ url: url.href, name: 'test' })).rejects.toThrow(/authorization/i);
  });

  test('after kill -9 it is back on the same port with every acknowledged message', async () => {
    const before = await connect('message');
    const { seq } = await jetstream(before).publish(SUBJECT, 'still there?');
    const pid = infra.nats.pid;
    await infra.nats.kill();
    await infra.nats.start();
    await before.close();

    const nc = await connect('message');
    const manager = await jetstreamManager(nc, { checkAPI: false });
    expect((await manager.direct.getMessage(STREAM, { seq }))?.string()).toBe('still there?');
    expect(infra.nats.pid).not.toBe(pid);
    await nc.close();
  });
});

describe('Postgres', () => {
  test('each service has its own schema, and reads and writes rows there only', async () => {
    await ask('admin', 'create table message.note (text text)');
    await ask('message', "insert into note values ('Chào')");

    expect(await ask('message', 'select text, current_schema() as schema from note')).toEqual([
      { text: 'Chào', schema: 'message' },
    ]);
    await expect(ask('message', 'create table message.own (id int)')).rejects.toThrow('permission denied');
    await expect(ask('message', 'drop table message.note')).rejects.toThrow('must be owner');
    await expect(ask('identity', 'select * from message.note')).rejects.toThrow('permission denied');
    await expect(ask('message', 'create table public.own (id int)')).rejects.toThrow('permission denied');
  });

  test('a statement of a service is ended after 5 s', async () => {
    expect(await ask('conversation', 'show statement_timeout')).toEqual([{ statement_timeout: '5s' }]);
  });

  test('after kill -9 it is back on the same port with its data', async () => {
    await ask('admin', 'create table identity.kept as select 1 as one');
    await infra.postgres.kill();
    await infra.postgres.start();

    expect(await ask('identity', 'select one from kept')).toEqual([{ one: 1 }]);
  });

  test('it does not run as root', async () => {
    const status = await readFile(`/proc/${infra.postgres.pid}/status`, 'utf8');
    expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0');
  });
});

describe('Redis', () => {
  test('keeps nothing on disk, is bounded, asks for its password, and is back after kill -9', async () => {
    const client = new Redis(infra.redis.url);
    client.on('error', () => undefined);
    expect(await client.config('GET', 'save')).toEqual(['save', '']);
    expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'no']);
    expect(await client.config('GET', 'maxmemory')).toEqual(['maxmemory', String(128 * 1024 * 1024)]);
    client.disconnect();

    const stranger = new Redis(infra.redis.url.replace(/:[^:@]+@/, ':wrong@'), { maxRetriesPerRequest: 0 });
    stranger.on('error', () => undefined);
    await expect(stranger.ping()).rejects.toThrow(/max retries|WRONGPASS|NOAUTH/i);
    stranger.disconnect();

    await infra.redis.kill();
    await infra.redis.start();
    const again = new Redis(infra.redis.url);
    expect(await again.ping()).toBe('PONG');
    again.disconnect();
  });
});

test('two infrastructures live side by side, and a temporary one leaves nothing behind', async () => {
  const other = await startInfra();
  const pids = [other.nats, other.postgres, other.redis].map((part) => part.pid);
  expect(other.nats.address).not.toBe(infra.nats.address);
  await other.stop();

  await expect(access(other.dataDir)).rejects.toThrow('ENOENT');
  for (const pid of pids) expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
});

test('servers that the environment names are used as they are, provisioned, and left running', async () => {
  await using theirs = await startInfra();
  const environment = {
    ...process.env,
    NATS_URL: theirs.nats.url('admin'),
    NATS_URL_MESSAGE: theirs.nats.url('message'),
    DATABASE_URL: theirs.postgres.url('postgres').replace('/parley', '/postgres'),
    REDIS_URL: theirs.redis.url,
  };
  const ours = await startInfra({ environment });

  expect(
    [ours.nats, ours.postgres, ours.redis].map(({ source, pid, version }) => [source, pid, version]),
  ).toEqual([
    ['NATS_URL', undefined, theirs.nats.version],
    ['DATABASE_URL', undefined, theirs.postgres.version],
    ['REDIS_URL', undefined, theirs.redis.version],
  ]);
  expect(ours.nats.url('message')).toBe(theirs.nats.url('message'));
  const client = new Client({ connectionString: ours.postgres.url('message') });
  await client.connect();
  expect((await client.query('select current_schema()')).rows).toEqual([{ current_schema: 'message' }]);
  await client.end();
  await expect(ours.nats.kill()).rejects.toThrow('nats is not ours to stop or start: NATS_URL names it');

  await ours.stop();
  expect(theirs.nats.pid).toBeGreaterThan(1);
});
