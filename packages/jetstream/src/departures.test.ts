import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Departures } from './departures.ts';

const SLOW_MS = 100;

let departures: Departures;
let left: string[];
let landings: (() => void)[];

beforeEach(() => {
  vi.useFakeTimers();
  departures = new Departures(() => Promise.resolve());
  left = [];
  landings = [];
});
afterEach(() => vi.useRealTimers());

function leaves(record: string): void {
  void leave(record);
}

async function leave(record: string): Promise<void> {
  const landed = await departures.leave();
  left.push(record);
  landings.push(landed);
}

/** The record that has been out for the longest is answered. */
function lands(): void {
  landings.shift()?.();
}

async function passes(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

test('a record leaves at once where nothing is out', async () => {
  leaves('một');
  await passes(0);
  expect(left).toEqual(['một']);
});

test('where answers come soon nobody waits for them', async () => {
  leaves('một');
  await passes(2);
  lands();
  leaves('hai');
  await passes(1);
  leaves('ba');
  await passes(0);
  expect(left).toEqual(['một', 'hai', 'ba']);
});

describe('where answers take long', () => {
  beforeEach(async () => {
    leaves('không');
    await passes(SLOW_MS);
    lands();
    left = [];
  });

  test('what comes while something is out leaves together when that is answered', async () => {
    leaves('một');
    await passes(0);
    leaves('hai');
    await passes(10);
    leaves('ba');
    await passes(10);
    expect(left).toEqual(['một']);
    lands();
    await passes(0);
    expect(left).toEqual(['một', 'hai', 'ba']);
  });

  test('nobody is held up for longer than a moment', async () => {
    leaves('một');
    await passes(0);
    leaves('hai');
    await passes(24);
    expect(left).toEqual(['một']);
    await passes(1);
    expect(left).toEqual(['một', 'hai']);
  });

  test('all that is out must be answered', async () => {
    leaves('một');
    leaves('hai');
    await passes(0);
    leaves('ba');
    await passes(1);
    lands();
    await passes(1);
    expect(left).toEqual(['một', 'hai']);
    lands();
    await passes(0);
    expect(left).toEqual(['một', 'hai', 'ba']);
  });

  test('once all is answered the next one leaves at once', async () => {
    leaves('một');
    await passes(0);
    leaves('hai');
    await passes(25);
    lands();
    lands();
    leaves('ba');
    await passes(0);
    expect(left).toEqual(['một', 'hai', 'ba']);
  });
});
