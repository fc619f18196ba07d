import { randomUUID } from 'node:crypto';

import { connectNats, parkDeadLetter } from '@parley/jetstream';
import { natsUrl, postgresUrl } from '@parley/testing';
import { afterEach, expect, test, vi } from 'vitest';

import { adminCommands } from './admin.ts';

const environment = { NATS_URL: natsUrl('admin'), DATABASE_URL: postgresUrl('admin') };

afterEach(() => vi.restoreAllMocks());

test('a parked letter is listed, shown and put back where it came from', async () => {
  const consumer = `test-${randomUUID().slice(0, 8)}`;
  const subject = `dlq.back-${consumer}`;
  const nc = await connectNats({ url: environment.NATS_URL, name: 'test' });
  const data = new TextEncoder().encode('{"text":"chào"}');
  await parkDeadLetter(nc, { consumer, subject, id: '1', data, reason: 'nobody understood it' });

  const listed = (await parley('dlq', 'list', '--json', '--limit', '1000'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: number; consumer: string; reason: string });
  const letter = listed.find((each) => each.consumer === consumer);
  expect(letter).toMatchObject({ reason: 'nobody understood it' });
  const id = String(letter?.id);
  expect(await parley('dlq', 'show', id)).toContain('{"text":"chào"}');

  const back = nc.subscribe(subject, { max: 1 });
  expect(await parley('dlq', 'replay', id)).toContain(subject);
  for await (const message of back) expect(message.string()).toBe('{"text":"chào"}');
  await expect(parley('dlq', 'show', id)).rejects.toThrow(`There is no parked letter ${id}.`);
  await nc.close();
});

test('an event that a policy has parked is not written into its log a second time', async () => {
  const consumer = `test-${randomUUID().slice(0, 8)}`;
  const nc = await connectNats({ url: environment.NATS_URL, name: 'test' });
  const event = {
    consumer,
    subject: 'evt.conv.main.00.x.c',
    id: '1',
    data: new Uint8Array(),
    reason: 'no effect',
  };
  await parkDeadLetter(nc, event);
  await nc.close();
  const listed = await parley('dlq', 'list', '--limit', '1000');
  const id =
    listed
      .split('\n')
      .find((line) => line.includes(consumer))
      ?.split(' ')[0] ?? '';
  await expect(parley('dlq', 'replay', id)).rejects.toThrow('is still in its log');
});

test('a read model that nobody knows is refused by naming those that are known', async () => {
  await parley('migrate');
  await expect(parley('projector', 'hash', 'weather')).rejects.toThrow(
    'There is no one read model "weather"',
  );
});

async function parley(...words: string[]): Promise<string> {
  const [name, ...rest] = words;
  const said: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => said.push(String(chunk)) > 0);
  const command = adminCommands(environment).find((each) => each.name() === name);
  try {
    await command?.parseAsync(rest, { from: 'user' });
  } finally {
    vi.restoreAllMocks();
  }
  return said.join('');
}
