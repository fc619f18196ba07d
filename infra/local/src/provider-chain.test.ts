import { describe, expect, test } from 'vitest';

import { firstThatWorks, miss, PartUnavailableError, ServerRefusedError } from './provider-chain.ts';
import type { Found, Miss, Provider } from './provider-chain.ts';
import { mendOf, providersOf } from './providers.ts';

const context = { environment: {}, offline: false, say: () => undefined };
const onPath: Found = { kind: 'programs', source: 'on PATH', version: '2.15.1', paths: {}, env: {} };

const provider = (name: string, find: () => Promise<Found | Miss>): Provider => ({ name, find });
const absent = provider('absent', () => Promise.resolve(miss('not there')));
const broken = provider('broken', () => Promise.reject(new Error('the mirror is away')));
const present = provider('present', () => Promise.resolve(onPath));
const never = provider('never', () => Promise.reject(new Error('must not be asked')));
const refusing = provider('NATS_URL', () => Promise.reject(new ServerRefusedError('NATS_URL: is 2.9.10.')));

const part = (...providers: Provider[]) => ({
  name: 'nats' as const,
  providers,
  mend: ['brew install nats-server'],
});

describe('where a part comes from', () => {
  test('the first provider that has it wins, and those after it are not asked', async () => {
    expect(await firstThatWorks(part(absent, broken, present, never), context)).toBe(onPath);
  });

  test('a server named by hand that is refused ends the search', async () => {
    await expect(firstThatWorks(part(refusing, present), context)).rejects.toThrow('NATS_URL: is 2.9.10.');
  });

  test('when nothing works, the error says what was tried and which commands mend it', async () => {
    const failure = firstThatWorks(part(absent, broken), context);
    await expect(failure).rejects.toBeInstanceOf(PartUnavailableError);
    await expect(failure).rejects.toThrow(
      [
        'nats is missing. What was tried:',
        '  absent: not there',
        '  broken: the mirror is away',
        'Any one of these mends it:',
        '  brew install nats-server',
      ].join('\n'),
    );
  });

  test.each([
    ['nats', ['NATS_URL', 'on this machine', 'cached download', "Debian's package", 'Docker']],
    ['postgres', ['DATABASE_URL', 'npm package', 'on this machine', 'installed by the system', 'Docker']],
    ['redis', ['REDIS_URL', 'on this machine', 'cached download', "Debian's package", 'Docker']],
  ] as const)('%s is looked for in a fixed order', (name, order) => {
    expect(providersOf(name).map((each) => each.name)).toEqual(order);
    expect(mendOf(name).length).toBeGreaterThan(0);
  });
});
