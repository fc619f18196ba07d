import { connect } from 'node:net';

import { Redis } from 'ioredis';
import { Client } from 'pg';

import { ServerRefusedError } from './provider-chain.ts';
import type { PartName, Running } from './provider-chain.ts';
import { judgeVersion, OLDEST_VERSION } from './version.ts';

const ASK_TIMEOUT_MS = 5_000;
const NATS_PORT = 4222;

/** A server that the environment names: used as it is, after a look at its version. */
export async function runningServer(part: PartName, url: string, variable: string): Promise<Running> {
  const ask = { nats: natsVersion, postgres: postgresVersion, redis: redisVersion };
  const said = await ask[part](url);
  const judged = judgeVersion(said, OLDEST_VERSION[part]);
  // A named server that does not serve is an error, not a reason to quietly take another.
  if (!judged.ok) throw new ServerRefusedError(`${variable}: the server ${judged.why}.`);

  return { kind: 'running', source: variable, version: judged.version, url };
}

/** NATS greets everybody with its version, before anybody signs in. */
export function natsVersion(url: string): Promise<string> {
  const { hostname, port } = new URL(url);

  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname,
      port: port === '' ? NATS_PORT : Number(port),
      timeout: ASK_TIMEOUT_MS,
    });
    socket.once('data', (greeting) => {
      socket.destroy();
      resolve(/"version":"([^"]+)"/.exec(greeting.toString())?.[1] ?? '');
    });
    socket.once('timeout', () => socket.destroy(new Error('no answer in time')));
    socket.once('error', (error) => {
      reject(
        new ServerRefusedError(`the NATS server at ${hostname}:${port} does not answer`, { cause: error }),
      );
    });
  });
}

async function postgresVersion(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: ASK_TIMEOUT_MS });
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? '';
  } catch (error) {
    throw new ServerRefusedError('the Postgres server of DATABASE_URL does not answer', { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function redisVersion(url: string): Promise<string> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: ASK_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const info = await client.info('server');
    return /redis_version:(\S+)/.exec(info)?.[1] ?? '';
  } catch (error) {
    throw new ServerRefusedError('the Redis server of REDIS_URL does not answer', { cause: error });
  } finally {
    client.disconnect();
  }
}
