import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { COMPOSE_PORT, composeEnvironment, natsPasswordVariable } from './compose-environment.ts';
import { IMAGES } from './containers.ts';
import { natsConfiguration } from './nats-config.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');

describe('docker-compose.yml', () => {
  test('runs the images that are pinned here, published on loopback only', async () => {
    const compose = await readFile(join(REPOSITORY, 'docker-compose.yml'), 'utf8');
    for (const image of Object.values(IMAGES)) expect(compose).toContain(`image: ${image}\n`);

    const published = [...compose.matchAll(/^ {6}- '?([^'\n]+:\d+:\d+)'?$/gm)].map((match) => match[1]);
    expect(published).toEqual([
      `127.0.0.1:${COMPOSE_PORT.nats}:4222`,
      `127.0.0.1:${COMPOSE_PORT.natsMonitor}:8222`,
      `127.0.0.1:${COMPOSE_PORT.postgres}:5432`,
      `127.0.0.1:${COMPOSE_PORT.redis}:6379`,
    ]);
  });

  test('has NATS configured as everywhere else; passwords come from the environment', async () => {
    const text = natsConfiguration({
      host: '0.0.0.0',
      port: 4222,
      monitorPort: 8222,
      storeDir: '/data',
      secrets: {},
      passwordToken: (user) => `$${natsPasswordVariable(user)}`,
    });
    await expect(text).toMatchFileSnapshot('../../nats/nats.conf');
  });

  test('gets a password of its own for everybody, none of which NATS reads as a number', () => {
    const lines = composeEnvironment()
      .split('\n')
      .filter((line) => /PASSWORD/.test(line));
    const values = lines.map((line) => line.slice(line.indexOf('=') + 1));
    expect(new Set(values).size).toBe(values.length);
    expect(values.every((value) => /^[a-z][\w-]{32}$/.test(value))).toBe(true);
  });
});
