import { headers, type NatsConnection } from '@nats-io/transport-node';
import { testNats } from '@parley/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { Requests } from './requests.ts';

let asker: NatsConnection;
let answerer: NatsConnection;
let requests: Requests;

beforeAll(async () => {
  [asker, answerer] = await Promise.all([testNats('admin'), testNats('admin')]);
  requests = new Requests(asker);
  answerer.subscribe('asked.echo', { callback: (_, message) => void message.respond(message.data) });
  answerer.subscribe('asked.silent');
  await answerer.flush();
});
afterAll(async () => {
  await Promise.all([asker.close(), answerer.close()]);
});

function ask(subject: string, text = '', timeoutMs = 5_000) {
  return requests.ask(subject, text, { headers: headers(), timeoutMs });
}

test('each of many requests gets its own answer', async () => {
  const texts = Array.from({ length: 200 }, (_, index) => `câu ${index}`);
  const answers = await Promise.all(texts.map((text) => ask('asked.echo', text)));
  expect(answers.map((message) => message.string())).toEqual(texts);
});

test('where nobody listens it is told at once', async () => {
  await expect(ask('asked.nobody')).rejects.toMatchObject({ name: 'NoResponders' });
});

test('what is not answered in time ends, and takes nothing else with it', async () => {
  const silent = ask('asked.silent', '', 150);
  const [echo] = await Promise.all([
    ask('asked.echo', 'chào'),
    expect(silent).rejects.toMatchObject({ name: 'TimeoutError' }),
  ]);
  expect(echo.string()).toBe('chào');
});

test('on a closed connection nothing is asked', async () => {
  const closed = await testNats('admin');
  const late = new Requests(closed);
  await closed.close();
  const asking = late.ask('asked.echo', '', { headers: headers(), timeoutMs: 1_000 });
  await expect(asking).rejects.toMatchObject({ name: 'ClosedConnectionError' });
});
