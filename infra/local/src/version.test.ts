import { describe, expect, test } from 'vitest';

import { judgeOutdated, judgeVersion, OLDEST_VERSION, parseVersion } from './version.ts';

describe('what programs say about their version', () => {
  test.each([
    ['nats-server: v2.15.1', { major: 2, minor: 15, patch: 1 }],
    ['postgres (PostgreSQL) 18.4', { major: 18, minor: 4, patch: 0 }],
    ['postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)', { major: 15, minor: 13, patch: 0 }],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0', { major: 7, minor: 0, patch: 15 }],
    ['PostgreSQL 19devel', undefined],
  ])('%s is understood', (said, version) => {
    expect(parseVersion(said)).toEqual(version);
  });

  test('an old NATS is refused with the reason', () => {
    expect(judgeVersion('nats-server: v2.9.10', OLDEST_VERSION.nats)).toEqual({
      ok: false,
      why: 'is 2.9.10, older than 2.14.0',
    });
  });

  test('2.14.0 itself is new enough, and 2.9 is older than 2.14 although 9 looks larger', () => {
    expect(judgeVersion('v2.14.0', OLDEST_VERSION.nats)).toEqual({ ok: true, version: '2.14.0' });
    expect(judgeVersion('v2.9.99', OLDEST_VERSION.nats).ok).toBe(false);
    expect(judgeVersion('v3.0.0', OLDEST_VERSION.nats).ok).toBe(true);
  });

  test('whoever looks for an old one takes neither a new one nor something that says no version', () => {
    expect(judgeOutdated('nats-server: v2.9.10', OLDEST_VERSION.nats)).toEqual({
      ok: true,
      version: '2.9.10',
    });
    expect(judgeOutdated('v2.14.0', OLDEST_VERSION.nats)).toEqual({
      ok: false,
      why: 'is 2.14.0, not older than 2.14.0',
    });
    expect(judgeOutdated('command not found', OLDEST_VERSION.nats).ok).toBe(false);
  });

  test('something that says no version is refused', () => {
    expect(judgeVersion('command not found', OLDEST_VERSION.redis)).toEqual({
      ok: false,
      why: 'says no version (command not found)',
    });
  });
});
