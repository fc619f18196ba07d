import { expect, test } from 'vitest';

import { loadConfig } from './config.ts';

const environment = { NATS_URL: 'nats://gateway:secret@127.0.0.1', REDIS_URL: 'redis://127.0.0.1' };

test('no other origin is let in unless it is listed', () => {
  expect(loadConfig(environment).origins).toEqual([]);
  const ALLOWED_ORIGINS = 'https://chat.example, http://localhost:5173,';
  expect(loadConfig({ ...environment, ALLOWED_ORIGINS }).origins).toEqual([
    'https://chat.example',
    'http://localhost:5173',
  ]);
});

test.each([
  '*',
  'null',
  'chat.example',
  'https://chat.example/',
  'https://*.example',
  'https://CHAT.example',
])('a gateway does not start with %s for an origin', (ALLOWED_ORIGINS) => {
  expect(() => loadConfig({ ...environment, ALLOWED_ORIGINS })).toThrow('ALLOWED_ORIGINS');
});
