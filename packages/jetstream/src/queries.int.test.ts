import type { NatsConnection } from '@nats-io/transport-node';
import { ok } from '@parley/contracts';
import { testNats } from '@parley/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { askQuery, serveQueries, type Serving } from './queries.ts';

const recite = {
  type: 'message.recite',
  input: z.object({ length: z.int() }),
  answer: z.string(),
  rejections: [],
} as const;

let gateway: NatsConnection;
let service: NatsConnection;
let serving: Serving;

beforeAll(async () => {
  [gateway, service] = await Promise.all([testNats('gateway'), testNats('message')]);
  serving = await serveQueries(service, {
    service: 'message',
    contracts: [recite],
    answers: { 'message.recite': async ({ data }) => ok('ở'.repeat(data.length)) },
    onFault: () => undefined,
  });
});
afterAll(async () => {
  await serving.stop();
  await Promise.all([gateway.close(), service.close()]);
});

const ask = (data: { length: number }) =>
  askQuery(gateway, recite, { data, meta: { tenant: 'main', correlationId: 'a-test' }, timeoutMs: 2_000 });

test('a question is answered', async () => {
  expect(await ask({ length: 3 })).toMatchObject({ kind: 'ok', answer: 'ởởở' });
});

test('an answer too large for the broker is a fault of that question and of nothing else', async () => {
  expect(await ask({ length: 500_000 })).toEqual({ kind: 'failed', fault: 'internal' });
  expect(await ask({ length: 1 })).toMatchObject({ kind: 'ok' });
});

test('what is no question is told so', async () => {
  const reply = await gateway.request('qry.message.recite', 'null', { timeout: 2_000 });
  expect(reply.json()).toEqual({ kind: 'failed', fault: 'malformed' });
});
