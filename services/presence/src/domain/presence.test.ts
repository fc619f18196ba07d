import { describe, expect, test } from 'vitest';

import {
  foldLeases,
  type KeptLease,
  type KeptPerson,
  LEASE_MS,
  leaseEnd,
  RECONNECT_GRACE_MS,
  toTell,
} from './presence.ts';

const NOW_MS = 1_000_000;
const settled = { nowMs: NOW_MS, settledAtMs: NOW_MS - 1 };
const unsettled = { nowMs: NOW_MS, settledAtMs: NOW_MS + 5_000 };

describe('a lease', () => {
  test('is counted from the last sign of life, however late it is renewed', () => {
    expect(leaseEnd({ heardMsAgo: 9_000, isGone: false }, NOW_MS)).toBe(NOW_MS - 9_000 + LEASE_MS);
  });

  test('of a device that has gone ends after the time that coming back may take', () => {
    expect(leaseEnd({ heardMsAgo: 0, isGone: true }, NOW_MS)).toBe(NOW_MS + RECONNECT_GRACE_MS);
  });

  test('is not lengthened by going', () => {
    expect(leaseEnd({ heardMsAgo: LEASE_MS - 1, isGone: true }, NOW_MS)).toBe(NOW_MS + 1);
  });
});

describe('what leases come to', () => {
  test.each([
    ['nobody holds one', [], 'offline'],
    ['the only one has ended', [ended('phone')], 'offline'],
    ['one device is here', [here('phone')], 'online'],
    ['one is here and one away', [away('phone'), here('laptop')], 'online'],
    ['all that are left are away', [away('phone'), ended('laptop')], 'away'],
    ['the same device holds one at another gateway', [ended('phone:one'), here('phone:two')], 'online'],
  ] as const)('where %s: %s', (_, leases, status) => {
    expect(foldLeases({ leases }, settled).status).toBe(status);
  });

  test('names those that have ended, and when to look again', () => {
    const leases = [ended('phone'), here('laptop', 9_000), away('watch', 4_000)];
    expect(foldLeases({ leases }, settled)).toEqual({
      status: 'online',
      ended: ['phone'],
      dueAtMs: NOW_MS + 4_000,
    });
    expect(foldLeases({ leases: [] }, settled).dueAtMs).toBeUndefined();
  });

  test('is not known while leases may be missing, until they have settled', () => {
    expect(foldLeases({ leases: [] }, unsettled)).toEqual({
      status: 'unknown',
      ended: [],
      dueAtMs: unsettled.settledAtMs,
    });
    expect(foldLeases({ leases: [here('phone')] }, unsettled).status).toBe('online');
  });
});

describe('what watchers are told', () => {
  test('is what has changed', () => {
    expect(told({ leases: [here('phone')] })).toBe('online');
    expect(told({ leases: [here('phone')], told: 'online' })).toBeUndefined();
    expect(told({ leases: [], told: 'online' })).toBe('offline');
  });

  test('is nothing before it is known whether the person hides', () => {
    expect(told({ leases: [here('phone')], isHidden: undefined })).toBeUndefined();
  });

  test('is once that it is not known, where the person hides', () => {
    expect(told({ leases: [here('phone')], told: 'online', isHidden: true })).toBe('unknown');
    expect(told({ leases: [here('phone')], told: 'unknown', isHidden: true })).toBeUndefined();
    expect(told({ leases: [here('phone')], isHidden: true })).toBeUndefined();
    expect(told({ leases: [here('phone')], told: 'unknown' })).toBe('online');
  });

  test('is never that somebody has sunk while leases may be missing', () => {
    expect(told({ leases: [], told: 'online' }, unsettled)).toBeUndefined();
    expect(told({ leases: [away('phone')], told: 'online' }, unsettled)).toBeUndefined();
    expect(told({ leases: [here('phone')], told: 'away' }, unsettled)).toBe('online');
    expect(told({ leases: [away('phone')] }, unsettled)).toBe('away');
  });
});

function told(person: Partial<KeptPerson>, clock = settled) {
  const whole: KeptPerson = { leases: [], seenAtMs: undefined, told: undefined, isHidden: false, ...person };
  return toTell(whole, foldLeases(whole, clock), clock);
}

function here(key: string, leftMs = 1): KeptLease {
  return { key, untilMs: NOW_MS + leftMs, isAway: false };
}

function away(key: string, leftMs = 1): KeptLease {
  return { key, untilMs: NOW_MS + leftMs, isAway: true };
}

function ended(key: string): KeptLease {
  return { key, untilMs: NOW_MS, isAway: false };
}
